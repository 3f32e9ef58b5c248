-- Reads one page of a user's sessions, last used first, and drops entries that lead nowhere.
-- KEYS[1] index of the user
-- ARGV[1] prefix of the partition's keys, ARGV[2] how many to pass over, ARGV[3] how many at most,
-- ARGV[4] touch interval in ms
-- Result  {number of entries, internal id, fields and values of its hash, internal id, ...}
local now = clock()
vacate(redis.call, KEYS[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
local from = tonumber(ARGV[2])
local result = { 0 }
local page = redis.call('ZREVRANGE', KEYS[1], from, from + tonumber(ARGV[3]) - 1)
for _, internal in ipairs(page) do
  local fields = content(ARGV[1] .. 'id:' .. internal)
  if #fields == 0 then
    here(KEYS[1], ARGV[1] .. 'id:' .. internal)
    redis.call('ZREM', KEYS[1], internal)
  elseif living(ARGV[1] .. 'id:' .. internal, tonumber(ARGV[4]), now) then
    result[#result + 1] = internal
    result[#result + 1] = fields
  end
end
result[1] = redis.call('ZCARD', KEYS[1])
return result
