-- Deletes elements with their tags, in the given order, and announces the change.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] channel for announcements, ARGV[2...] texts of the elements
-- Result  number of elements that were there
local removed = 0
for i = 2, #ARGV do
  removed = removed + redis.call('LREM', KEYS[1], 0, ARGV[i])
  redis.call('HDEL', KEYS[2], redis.sha1hex(ARGV[i]))
end
if removed > 0 then
  redis.call('HINCRBY', KEYS[3], 'changes', 1)
  redis.call('PUBLISH', ARGV[1], 'deleted')
end
return removed
