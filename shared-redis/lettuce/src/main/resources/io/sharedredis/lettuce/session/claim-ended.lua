-- Hands sessions that were ended from elsewhere to one claimant, again after a while unless it
-- confirms: at least once, also when the claimant dies. The claimant is that of expired sessions.
-- KEYS[1] set of ended sessions of the partition, KEYS[2] who claims now
-- ARGV[1] prefix of the partition's keys, ARGV[2] name of the claimant, ARGV[3] ms it has to
-- confirm, and for which nobody else may claim, ARGV[4] how many at most
-- Result  {internal id, fields and values of its hash (none if it was evicted), internal id, ...}
local claimant = redis.pcall('GET', KEYS[2])
if type(claimant) == 'string' and claimant ~= ARGV[2] then
  return {}
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local now = clock()
local result = {}
vacate(redis.call, KEYS[1])
claimDue(KEYS[1], now, tonumber(ARGV[4]), function(internal)
  local ended = ARGV[1] .. 'ended:' .. internal
  here(KEYS[1], ended)
  if versionOf(ended) > VERSION then
    -- Left to replicas of that version.
    redis.call('ZADD', KEYS[1], text(now + LATER), internal)
    return false
  end
  redis.call('ZADD', KEYS[1], text(now + math.max(1, tonumber(ARGV[3]))), internal)
  result[#result + 1] = internal
  result[#result + 1] = content(ended)
  return true
end)
return result
