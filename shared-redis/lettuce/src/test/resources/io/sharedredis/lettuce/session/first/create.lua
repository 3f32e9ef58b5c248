-- Creates a session under an id that nobody has, within the limit of its user.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id,
-- ARGV[4] touch interval in ms, ARGV[5] creation in ms since 1970, ARGV[6] timeout in ms,
-- ARGV[7] hash of the user or '', ARGV[8] sessions a user may have or 0, ARGV[9] 'refuse' or
-- 'end-oldest', ARGV[10] channel of ends, ARGV[11] sealed public id, ARGV[12] sealed details or '',
-- ARGV[13...] name and sealed value of each attribute
-- Result  {'SAVED', generation, '0', ended sessions...}, {'TAKEN'} or {'REFUSED'}
local now, touch, timeout, user = clock(), tonumber(ARGV[4]), tonumber(ARGV[6]), ARGV[7]
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 'TAKEN' }
end
-- Where Redis is full this fails before anything was changed.
redis.call('ZADD', KEYS[2], 'XX', text(now), ARGV[2])
local ended = admit(ARGV[1], ARGV[2], user, tonumber(ARGV[8]), ARGV[9], ARGV[10], now)
if not ended then
  return { 'REFUSED' }
end
redis.call('HSET', KEYS[1], 'v', VERSION, 'id', ARGV[3], 'g', 1, 'c', ARGV[5], 't', ARGV[6],
  'a', text(now), 'u', user, 'i', ARGV[11], 'd', ARGV[12])
for i = 13, #ARGV, 2 do
  redis.call('HSET', KEYS[1], 'x:' .. ARGV[i], '1:' .. ARGV[i + 1])
end
prolong(redis.call, ARGV[1], ARGV[2], user, now, life(timeout, touch))
return saved(1, false, ended)
