-- Reads one page of a user's sessions, last used first, and drops entries that lead nowhere.
-- KEYS[1] index of the user
-- ARGV[1] prefix of the partition's keys, ARGV[2] how many to pass over, ARGV[3] how many at most,
-- ARGV[4] touch interval in ms, ARGV[5] 'all' for all fields, 'outline' for those that say when,
-- where and how the session is used: attributes are most of what a session holds
-- Result  {number of entries, internal id, fields and values of its hash, internal id, ...}
local now = clock()
vacate(redis.call, KEYS[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
local from = tonumber(ARGV[2])
local result = { 0 }
local page = redis.call('ZREVRANGE', KEYS[1], from, from + tonumber(ARGV[3]) - 1)
local touch = tonumber(ARGV[4])
for _, internal in ipairs(page) do
  local session = ARGV[1] .. 'id:' .. internal
  local f = redis.pcall('HMGET', session, 'v', 'c', 't', 'a', 'g', 'u', 'd')
  if f.err or not f[1] and redis.call('EXISTS', session) == 0 then
    here(KEYS[1], session)
    redis.call('ZREM', KEYS[1], internal)
  elseif usable(f, touch, now) then
    result[#result + 1] = internal
    result[#result + 1] = ARGV[5] == 'all' and content(session)
      or { 'c', f[2], 't', f[3], 'a', f[4], 'g', f[5], 'd', f[7] or '' }
  end
end
result[1] = redis.call('ZCARD', KEYS[1])
return result
