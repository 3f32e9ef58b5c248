-- Hands sessions that have expired to one claimant, again after a while unless it confirms: at
-- least once, also when the claimant dies. As long as one claimant comes back the others get none.
-- KEYS[1] expiry set of the partition, KEYS[2] who claims now
-- ARGV[1] prefix of the partition's keys, ARGV[2] name of the claimant, ARGV[3] ms it has to
-- confirm, and for which nobody else may claim, ARGV[4] touch interval in ms, ARGV[5] how many at
-- most
-- Result  {internal id, fields and values of its hash (none if it was evicted), internal id, ...}
local claimant = redis.pcall('GET', KEYS[2])
if type(claimant) == 'string' and claimant ~= ARGV[2] then
  return {}
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local now, touch = clock(), tonumber(ARGV[4])
local result = {}
vacate(redis.call, KEYS[1])
claimDue(KEYS[1], now, tonumber(ARGV[5]), function(internal)
  local session = ARGV[1] .. 'id:' .. internal
  local found = living(session, touch, now)
  if found then
    -- The entry was not prolonged with the session, for instance while Redis was full.
    redis.call('ZADD', KEYS[1], text(found[2] + life(found[1], touch)), internal)
    return false
  end
  here(KEYS[1], session)
  if versionOf(session) > VERSION then
    -- Left to replicas of that version.
    redis.call('ZADD', KEYS[1], text(now + LATER), internal)
    return false
  end
  redis.call('ZADD', KEYS[1], text(now + math.max(1, tonumber(ARGV[3]))), internal)
  result[#result + 1] = internal
  result[#result + 1] = content(session)
  return true
end)
return result
