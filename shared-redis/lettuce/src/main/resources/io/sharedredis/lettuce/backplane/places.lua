-- A client's record of its places belongs to the connection that claimed it last, and a user has a
-- bounded number of them.
-- KEYS[1] the user's records, a hash: client -> "<claim> <time in ms> <places>"
-- ARGV[1] client  [2] lifetime of a record in ms  [3] records at most
-- To claim it no more. To write it  ARGV[4] the claim  [5] the places
-- Result  of a claim: {its number, the places before, empty for none}; of a write: 1, or 0 when another
--         connection has claimed it since
local clock = redis.call('TIME')
local micros = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local now = math.floor(micros / 1000)
local claim, time, places = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+) (%d+) (.*)$')
claim = tonumber(claim or '0')
local result = 1
if ARGV[4] then
  local mine = tonumber(ARGV[4])
  if claim > mine then
    return 0
  end
  claim, places = mine, ARGV[5]
else
  if not time or now - tonumber(time) > tonumber(ARGV[2]) then
    places = ''
  end
  -- Greater than every earlier one, whatever happens to the clock.
  claim = math.max(micros, claim + 1)
  result = {string.format('%.0f', claim), places}
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f ', claim, now) .. places)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
while redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) do
  local all = redis.call('HGETALL', KEYS[1])
  local oldest, since
  for i = 1, #all, 2 do
    local written = tonumber(string.match(all[i + 1], '^%d+ (%d+) ') or '0')
    if all[i] ~= ARGV[1] and (not since or written < since) then
      oldest, since = all[i], written
    end
  end
  redis.call('HDEL', KEYS[1], oldest)
end
return result
