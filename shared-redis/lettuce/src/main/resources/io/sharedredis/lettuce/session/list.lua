-- Reads one page of a user's sessions, last used first, and drops entries that lead nowhere; those
-- that have expired are behind the last page until that is reported. Says
-- what there is; whether it is a session, and one that can be used now, the caller finds out: that
-- took half of this script's time.
-- KEYS[1] index of the user
-- ARGV[1] prefix of the partition's keys, ARGV[2] how many to pass over, ARGV[3] how many at most,
-- ARGV[4] 'all' for all fields, 'outline' for those that say when, where and how the session is
-- used: attributes are most of what a session holds
-- Result  {number of sessions, ms since 1970, entries...}, each {fields and values of its hash,
-- internal id}, or for an outline {v, c, t, a, g, d, internal id}
local now = clock()
tidy(KEYS[1], now)
local from = tonumber(ARGV[2])
local total = redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')
local last = math.min(from + tonumber(ARGV[3]), total) - 1
local page = last < from and {} or redis.call('ZREVRANGE', KEYS[1], from, last)
local result, size = { 0, text(now) }, 2
local start, all = ARGV[1] .. 'id:', ARGV[4] == 'all'
for _, internal in ipairs(page) do
  local session = start .. internal
  local f
  if all then
    f = redis.pcall('HGETALL', session)
  else
    f = redis.pcall('HMGET', session, 'v', 'c', 't', 'a', 'g', 'd')
  end
  if f.err or not f[1] and redis.call('EXISTS', session) == 0 then
    here(KEYS[1], session)
    redis.call('ZREM', KEYS[1], internal)
    total = total - 1
  else
    f[#f + 1] = internal
    size = size + 1
    result[size] = f
  end
end
result[1] = total
return result
