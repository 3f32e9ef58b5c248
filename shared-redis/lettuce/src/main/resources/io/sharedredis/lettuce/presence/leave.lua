-- Ends the lease of a replica that stops, so that another one cleans up after it at once.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] inventory
-- Result  1 when there was one
if redis.call('ZSCORE', leases, ARGV[2]) then
  redis.call('ZADD', leases, 0, ARGV[2])
  return 1
end
return 0
