-- Ends sessions of one user, all but one if wanted, and says so to every replica. Bounded, so that
-- a user with very many sessions does not stop Redis: to be called again while the result is full.
-- KEYS[1] index of the user
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id to keep or '', ARGV[3] channel of
-- ends, ARGV[4] reason, ARGV[5] how many at most, ARGV[6] touch interval in ms
-- Result  internal ids of the entries that were removed
local now, most, touch = clock(), tonumber(ARGV[5]), tonumber(ARGV[6])
local ended = {}
vacate(redis.call, KEYS[1])
for _, internal in ipairs(redis.call('ZRANGE', KEYS[1], 0, most)) do
  if internal ~= ARGV[2] and #ended < most then
    local session = ARGV[1] .. 'id:' .. internal
    here(KEYS[1], session)
    -- One that has expired is reported as such; one of a newer format ends when told to.
    if living(session, touch, now) or versionOf(session) > VERSION then
      remove(ARGV[1], internal, ARGV[3], ARGV[4])
    end
    redis.call('ZREM', KEYS[1], internal)
    ended[#ended + 1] = internal
  end
end
return ended
