-- Resets again a ring that has forgotten its reset (a replica that lagged behind took over, an old
-- backup was loaded): puts the given elements in place of all, only if the ring is still the one
-- that was found so.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV[1] channel for announcements, ARGV[2] mark of the forgotten reset,
-- ARGV[3] version that the caller has read, ARGV[4] element 1, ARGV[5] its tag or '', ...
-- Result  'RESTORED' or 'CHANGED'
local items = redis.call('LRANGE', KEYS[1], 0, -1)
local life = redis.call('HGET', KEYS[3], 'life') or ''
local changes = redis.call('HGET', KEYS[3], 'changes') or '0'
local version = life .. ':' .. changes .. ':' .. #items .. ':' .. redis.sha1hex(table.concat(items, '\n'))
if version ~= ARGV[3] then
  return 'CHANGED'
end
redis.call('DEL', KEYS[1], KEYS[2])
for i = 4, #ARGV, 2 do
  redis.call('RPUSH', KEYS[1], ARGV[i])
  if ARGV[i + 1] ~= '' then
    redis.call('HSET', KEYS[2], redis.sha1hex(ARGV[i]), ARGV[i + 1])
  end
end
redis.call('HSET', KEYS[3], 'reset-mark', ARGV[2])
redis.call('HINCRBY', KEYS[3], 'changes', 1)
redis.call('PUBLISH', ARGV[1], 'reset')
return 'RESTORED'
