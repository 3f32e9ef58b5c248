-- Begins an inventory, which is not complete yet: a replica starts, or Redis forgot it.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] inventory, ARGV[3] ms of its lease
-- Result  number of the last event, 0 for none
redis.call('ZADD', leases, text(clock() + tonumber(ARGV[3])), ARGV[2])
keep(leases)
redis.call('DEL', of(ARGV[2], ''))
redis.call('HSET', of(ARGV[2], ''), 'complete', '0')
keep(of(ARGV[2], ''))
return lastEvent()
