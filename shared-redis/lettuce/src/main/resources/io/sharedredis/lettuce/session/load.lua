-- Reads a session, and writes its last access when that is due: the one command of a request that
-- only reads. Goes on reading when Redis is full or a read-only replica.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id,
-- ARGV[4] touch interval in ms
-- Result  nil, or {generation a former id may see or '', and of the session generation, creation,
-- last access and timeout, with commas in between; name and value of each field that a request may
-- ask for...}
-- Whether a session is in the index of its user. One that cannot be asked for now, since its slot is
-- on its way between two nodes, is left as it is.
local function indexed(index, internal)
  local score = redis.pcall('ZSCORE', index, internal)
  if type(score) == 'table' then
    return not string.find(score.err, 'WRONGTYPE', 1, true)
  end
  return score
end

local now, touch = clock(), tonumber(ARGV[4])
local found = living(KEYS[1], touch, now)
if not found then
  return nil
end
local seen = former(KEYS[1], ARGV[3], now)
if seen == nil then
  return nil
end
local timeout, access = found[1], found[2]
local result, size = { table.concat({ seen and text(seen) or '', text(found[3]), text(found[5]),
  text(access), text(timeout) }, ',') }, 1
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local field = fields[i]
  local kind = string.sub(field, 1, 2)
  -- Former ids alone need to know what was there before.
  if kind == 'x:' or (kind == 'p:' and seen) or field == 'i' or field == 'd' then
    result[size + 1], result[size + 2] = field, fields[i + 1]
    size = size + 2
  end
end
-- A clock that was set back makes the distance negative: then too. And where Redis has evicted the
-- index of its user, in which alone the session can be found for them, or somebody else has put
-- something in its place.
if math.abs(now - access) >= (timeout > 0 and math.min(touch, timeout / 10) or touch)
  or (found[4] ~= '' and not indexed(ARGV[1] .. 'user:' .. found[4], ARGV[2])) then
  prolong(redis.pcall, ARGV[1], ARGV[2], found[4], now, life(timeout, touch))
end
return result
