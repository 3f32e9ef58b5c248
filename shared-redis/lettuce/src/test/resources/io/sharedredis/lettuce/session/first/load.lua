-- Reads a session, and writes its last access when that is due: the one command of a request that
-- only reads. Goes on reading when Redis is full or a read-only replica.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id,
-- ARGV[4] touch interval in ms
-- Result  nil, or {'' or the generation a former id may see, fields and values of the hash}
local now, touch = clock(), tonumber(ARGV[4])
local found = living(KEYS[1], touch, now)
if not found then
  return nil
end
local seen = former(KEYS[1], ARGV[3], now)
if seen == nil then
  return nil
end
local fields = redis.call('HGETALL', KEYS[1])
local timeout, access = found[1], found[2]
-- A clock that was set back makes the distance negative: then too.
if math.abs(now - access) >= (timeout > 0 and math.min(touch, timeout / 10) or touch) then
  prolong(redis.pcall, ARGV[1], ARGV[2], found[4], now, life(timeout, touch))
end
return { seen and text(seen) or '', fields }
