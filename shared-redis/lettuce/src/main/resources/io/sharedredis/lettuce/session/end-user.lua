-- Ends sessions of one user, all but one if wanted, and says so to every replica. Bounded, so that
-- a user with very many sessions does not stop Redis: to be called again while there are more.
-- KEYS[1] index of the user
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id to keep or '', ARGV[3] channel of
-- ends, ARGV[4] reason, ARGV[5] how many entries to look at, ARGV[6] touch interval in ms
-- Result  {'1' if there are more entries else '0', internal ids of the sessions that were ended...}
local now, most, touch = clock(), tonumber(ARGV[5]), tonumber(ARGV[6])
local result, looked = { '0' }, 0
vacate(redis.call, KEYS[1])
for _, internal in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, most)) do
  if internal ~= ARGV[2] and looked < most then
    looked = looked + 1
    local session = ARGV[1] .. 'id:' .. internal
    here(KEYS[1], session)
    -- One of a newer format ends when told to; one that has expired is reported as such.
    if living(session, touch, now) or versionOf(session) > VERSION then
      remove(ARGV[1], internal, ARGV[3], ARGV[4])
      result[#result + 1] = internal
    elseif everLiving(session, touch) then
      staysExpired(session)
    end
    redis.call('ZREM', KEYS[1], internal)
  end
end
local left = redis.call('ZCARD', KEYS[1])
if left > 1 or (left == 1 and not redis.call('ZSCORE', KEYS[1], ARGV[2])) then
  result[1] = '1'
end
return result
