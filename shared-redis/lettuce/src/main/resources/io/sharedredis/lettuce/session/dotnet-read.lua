-- Reads an entry of ASP.NET Core's distributed cache and prolongs it by its sliding expiration, not
-- beyond its absolute one: what .NET does with two commands. Goes on reading where it may not write.
-- KEYS[1] entry
-- Result  its data, or nil if there is none

-- ticks of .NET, 100 ns each, from the year 1 to 1970, and in one ms
local EPOCH = 621355968000000000
local TICKS = 10000

local entry = redis.pcall('HMGET', KEYS[1], 'absexp', 'sldexp', 'data')
if entry.err then
  return nil
end
local absolute, sliding = tonumber(entry[1] or ''), tonumber(entry[2] or '')
if sliding and sliding > 0 then
  local t = redis.call('TIME')
  local life = math.floor(sliding / TICKS)
  if absolute and absolute > 0 then
    local now = t[1] * 1000 + math.floor(t[2] / 1000)
    life = math.min(life, math.floor((absolute - EPOCH) / TICKS) - now)
  end
  redis.pcall('PEXPIRE', KEYS[1], string.format('%.0f', life))
end
return entry[3]
