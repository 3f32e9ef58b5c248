-- Appends a new key only if the ring is still the one the decision was made on: of any number of
-- replicas that miss a key at the same time, exactly one creates it.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] text of the element, ARGV[2] its tag or '', ARGV[3] channel for announcements,
-- ARGV[4] version that the caller has read
-- Result  1 if stored, 0 if the ring has changed and nothing was stored
local items = redis.call('LRANGE', KEYS[1], 0, -1)
local life = redis.call('HGET', KEYS[3], 'life') or ''
local changes = redis.call('HGET', KEYS[3], 'changes') or '0'
local version = life .. ':' .. changes .. ':' .. #items .. ':' .. redis.sha1hex(table.concat(items, '\n'))
if version ~= ARGV[4] then
  return 0
end
redis.call('RPUSH', KEYS[1], ARGV[1])
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[2], redis.sha1hex(ARGV[1]), ARGV[2])
end
redis.call('HINCRBY', KEYS[3], 'changes', 1)
redis.call('PUBLISH', ARGV[3], 'stored')
return 1
