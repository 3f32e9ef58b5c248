-- Moves a claim from the replica that gives it up to the one that asks; never from a third.
-- KEYS[1] the claim
-- ARGV[1] the claim as it must stand, ARGV[2] the claim to write, ARGV[3] its lease in milliseconds
-- Result  1 when moved, by this command or one whose answer was lost, 0 when the claim is another
--         one or gone
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] and held ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
