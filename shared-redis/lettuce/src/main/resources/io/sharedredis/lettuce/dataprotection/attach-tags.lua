-- Gives elements that are in the list other tags; the elements stay as they are.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] channel for announcements, ARGV[2] element 1, ARGV[3] its tag, ARGV[4] element 2, ...
-- Result  number of given elements that are in the list
local present = {}
for _, item in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  present[item] = true
end
local found = 0
for i = 2, #ARGV, 2 do
  if present[ARGV[i]] then
    redis.call('HSET', KEYS[2], redis.sha1hex(ARGV[i]), ARGV[i + 1])
    found = found + 1
  end
end
if found > 0 then
  redis.call('HINCRBY', KEYS[3], 'changes', 1)
  redis.call('PUBLISH', ARGV[1], 'tagged')
end
return found
