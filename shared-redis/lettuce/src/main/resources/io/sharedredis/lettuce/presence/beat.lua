-- Renews a replica's lease, hands it the events that it has not seen, and an inventory to clean up
-- whose lease has ended: to one claimant, to another if that one does not come back.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] inventory, ARGV[3] ms of its lease, ARGV[4] '1' when it
-- is complete, ARGV[5] number of the last event seen, ARGV[6] how many events at most, ARGV[7] ms a
-- claim to clean up lasts, '0' when the replica should not clean up
-- Result  {1, number of connections recorded, inventory to clean up or '', number of the last
-- event, events as XRANGE gives them}; {0} when there is no such inventory
if not leased(ARGV[2]) then
  return {0}
end
local now = clock()
redis.call('ZADD', leases, text(now + tonumber(ARGV[3])), ARGV[2])
keep(leases)
local about = of(ARGV[2], '')
redis.call('HSET', about, 'complete', ARGV[4])
keep(about)
local dead = ''
if ARGV[7] ~= '0' then
  for _, other in ipairs(
    redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. text(now), 'LIMIT', 0, 10)) do
    local claim = of(other, ':cleaner')
    if dead == '' and redis.call('SET', claim, ARGV[2], 'PX', ARGV[7], 'NX') then
      dead = other
    end
  end
end
local events = {}
if tonumber(ARGV[6]) > 0 then
  events = redis.call(
    'XRANGE', base .. 'events', '(' .. ARGV[5] .. '-0', '+', 'COUNT', ARGV[6])
end
return {1, redis.call('HLEN', of(ARGV[2], ':records')), dead, text(lastEvent()), events}
