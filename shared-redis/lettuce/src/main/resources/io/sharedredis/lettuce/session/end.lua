-- Ends one session and says so to every replica.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id or ''
-- when whoever asks may end any session, ARGV[4] channel of ends, ARGV[5] reason
-- Result  nil if there was none, else fields and values of the hash that was removed
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 or (ARGV[3] ~= '' and former(KEYS[1], ARGV[3], clock()) == nil) then
  return nil
end
remove(ARGV[1], ARGV[2], ARGV[4], ARGV[5])
return fields
