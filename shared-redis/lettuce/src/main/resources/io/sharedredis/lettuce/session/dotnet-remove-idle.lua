-- Removes an entry of ASP.NET Core's distributed cache that nobody has used for some time. One that
-- is used goes on: how long it will stay says when it was used, since every use prolongs it by its
-- sliding expiration.
-- KEYS[1] entry
-- ARGV[1] ms without a use
-- Result  1 if it was removed, else 0

-- ticks of .NET, 100 ns each, in one ms
local TICKS = 10000

local entry = redis.pcall('HMGET', KEYS[1], 'absexp', 'sldexp')
if entry.err then
  return 0
end
local absolute, sliding = tonumber(entry[1] or ''), tonumber(entry[2] or '')
local left = redis.call('PTTL', KEYS[1])
-- An absolute end hides when it was used.
local tells = sliding and sliding > 0 and left >= 0 and not (absolute and absolute > 0)
if tells and math.floor(sliding / TICKS) - left < tonumber(ARGV[1]) then
  return 0
end
return redis.call('DEL', KEYS[1])
