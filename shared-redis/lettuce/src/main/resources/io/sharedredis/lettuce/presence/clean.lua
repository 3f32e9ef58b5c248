-- Removes some connections of an inventory whose lease has ended, and tells who has left by that.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] the inventory, ARGV[3] that of the claimant, ARGV[4] ms
-- the claim lasts, ARGV[5] how many connections at most
-- Result  1 when there is more to do; 0 when it is done, or not the claimant's any more
local ends = redis.call('ZSCORE', leases, ARGV[2])
local claim = of(ARGV[2], ':cleaner')
if not ends or tonumber(ends) >= clock() or redis.call('GET', claim) ~= ARGV[3] then
  return 0
end
redis.call('PEXPIRE', claim, ARGV[4])
-- From now on its replica, should it live, has to begin another one.
redis.call('HSET', of(ARGV[2], ''), 'ended', '1')
keep(of(ARGV[2], ''))
local connections =
  redis.call('ZRANGE', of(ARGV[2], ':connections'), 0, tonumber(ARGV[5]) - 1)
for _, connection in ipairs(connections) do
  put(ARGV[2], connection, '', {})
end
if #connections == tonumber(ARGV[5]) then
  return 1
end
redis.call('ZREM', leases, ARGV[2])
redis.call(
  'DEL', of(ARGV[2], ''), of(ARGV[2], ':records'), of(ARGV[2], ':connections'), claim)
return 0
