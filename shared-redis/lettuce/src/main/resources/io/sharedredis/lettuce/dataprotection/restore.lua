-- Writes a lost ring back, all or nothing, only while the store holds no element, and only if it
-- was not emptied on purpose since the elements were read.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] channel for announcements, ARGV[2] reset mark of the read the elements come from, or '',
-- ARGV[3] element 1, ARGV[4] its tag or '', ARGV[5] element 2, ARGV[6] its tag or '', ...
-- Result  'RESTORED', 'NOT_EMPTY' or 'FORBIDDEN'
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'NOT_EMPTY'
end
local mark = redis.call('HGET', KEYS[3], 'reset-mark') or ''
if mark ~= '' and mark ~= ARGV[2] then
  return 'FORBIDDEN'
end
for i = 3, #ARGV, 2 do
  redis.call('RPUSH', KEYS[1], ARGV[i])
  if ARGV[i + 1] ~= '' then
    redis.call('HSET', KEYS[2], redis.sha1hex(ARGV[i]), ARGV[i + 1])
  end
end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[3], 'reset-mark', ARGV[2])
end
redis.call('HINCRBY', KEYS[3], 'changes', 1)
redis.call('PUBLISH', ARGV[1], 'restored')
return 'RESTORED'
