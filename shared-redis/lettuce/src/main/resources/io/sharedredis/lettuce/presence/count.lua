-- Counts connections, users or groups; what belongs to an ended lease does not count.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] what: 'connections', 'connection', 'user', 'group',
-- 'users', 'groups', ARGV[3] name of the connection, user or group
-- Result  {number, complete inventories, 1 when something is not cleaned up that counts}
local names, complete = living()
local what, name, count = ARGV[2], ARGV[3], 0
if what == 'users' or what == 'groups' then
  return {redis.call('ZCARD', base .. what), complete, settling()}
end
for _, inventory in ipairs(names) do
  if what == 'connections' then
    count = count + redis.call('ZCARD', of(inventory, ':connections'))
  elseif what == 'connection' then
    count = math.max(count, redis.call('HEXISTS', of(inventory, ':records'), name))
  else
    count = count
      + tonumber(redis.call('HGET', base .. what .. ':' .. name, inventory) or '0')
  end
end
return {count, complete, 0}
