-- Empties the ring on purpose: the mark that stays keeps every replica from restoring it.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] channel for announcements, ARGV[2] new mark
-- Result  1
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[3], 'reset-mark', ARGV[2])
redis.call('HINCRBY', KEYS[3], 'changes', 1)
redis.call('PUBLISH', ARGV[1], 'reset')
return 1
