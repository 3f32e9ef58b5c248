-- Ends one session and says so to every replica.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id or ''
-- when whoever asks may end any session, ARGV[4] channel of ends, ARGV[5] reason,
-- ARGV[6] touch interval in ms, ARGV[7] hash of the user whose session it has to be or ''
-- Result  nil if there was none, else fields and values of the hash that was removed
local now = clock()
local touch = tonumber(ARGV[6])
-- One of a newer format ends when told to.
local version = versionOf(KEYS[1])
if version <= VERSION and not everLiving(KEYS[1], touch) then
  return nil
end
if ARGV[7] ~= '' and redis.call('HGET', KEYS[1], 'u') ~= ARGV[7] then
  return nil
end
if ARGV[3] ~= '' and former(KEYS[1], ARGV[3], now) == nil then
  return nil
end
-- One that has expired is reported as such.
if version <= VERSION and not living(KEYS[1], touch, now) then
  staysExpired(KEYS[1])
  return nil
end
local fields = redis.call('HGETALL', KEYS[1])
remove(ARGV[1], ARGV[2], ARGV[4], ARGV[5])
return fields
