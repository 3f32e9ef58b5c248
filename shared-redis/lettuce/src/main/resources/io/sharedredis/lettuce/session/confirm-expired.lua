-- Removes sessions whose expiry was reported, and says so to every replica.
-- KEYS[1] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] channel of ends, ARGV[3] touch interval in ms,
-- ARGV[4...] internal ids
-- Result  number of sessions that were removed
local now, touch = clock(), tonumber(ARGV[3])
local removed = 0
for i = 4, #ARGV do
  -- One that lives again, after Redis' clock was set back, is not ours to remove.
  if not living(ARGV[1] .. 'id:' .. ARGV[i], touch, now) then
    removed = removed + remove(ARGV[1], ARGV[i], ARGV[2], 'expired')
  end
end
return removed
