-- Removes what was kept of ended sessions, now that their ends were reported.
-- KEYS[1] set of ended sessions of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2...] internal ids
-- Result  number of sessions that were removed
local removed = 0
for i = 2, #ARGV do
  removed = removed + redis.call('DEL', ARGV[1] .. 'ended:' .. ARGV[i])
  redis.pcall('ZREM', KEYS[1], ARGV[i])
end
return removed
