-- Appends an element to the key ring and announces it.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] text of the element, ARGV[2] its tag or '', ARGV[3] channel for announcements
-- Result  1
redis.call('RPUSH', KEYS[1], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[2], redis.sha1hex(ARGV[1]), ARGV[2])
end
redis.call('HINCRBY', KEYS[3], 'changes', 1)
redis.call('PUBLISH', ARGV[3], 'stored')
return 1
