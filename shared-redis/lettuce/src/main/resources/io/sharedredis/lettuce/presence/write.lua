-- Makes the records of some connections what they should be, and tells who came and went.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] inventory, ARGV[3] number of this call, which grows with
-- each of the inventory's, ARGV[4] how many connections; then for each: id, user ('' gone, '-'
-- nobody, '+' and name), number of groups, groups
-- Result  1 when done, also by a later call; 0 when there is no such inventory
if not leased(ARGV[2]) then
  return 0
end
local about = of(ARGV[2], '')
-- A call that was given up may arrive after the one that took its place.
if tonumber(ARGV[3]) <= tonumber(redis.call('HGET', about, 'number') or '0') then
  return 1
end
redis.call('HSET', about, 'number', ARGV[3])
keep(about)
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  local groups = {}
  for i = 1, tonumber(ARGV[at + 2]) do
    groups[i] = ARGV[at + 2 + i]
  end
  put(ARGV[2], ARGV[at], ARGV[at + 1], groups)
  at = at + 3 + #groups
end
return 1
