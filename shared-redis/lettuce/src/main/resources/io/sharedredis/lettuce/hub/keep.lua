-- Renews a replica's claim, or records one that was made while Redis was away or that it forgot.
-- KEYS[1] the claim
-- ARGV[1] the claim as it is to stand, ARGV[2] its lease in milliseconds
-- Result  1 when it stands, 0 when another claim or a tombstone is there, which is left alone
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
