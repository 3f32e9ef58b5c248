-- Removes consumers that left: not heard of for long, and no entry pending under their name.
-- KEYS[1]  the event stream
-- ARGV[1]  the consumer group
-- ARGV[2]  the caller, who stays
-- ARGV[3]  milliseconds without a sign of life
-- Result   number of consumers removed
local removed = 0
for _, entry in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #entry, 2 do
    consumer[entry[i]] = entry[i + 1]
  end
  if consumer['name'] ~= ARGV[2] and consumer['pending'] == 0
      and consumer['idle'] > tonumber(ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name'])
    removed = removed + 1
  end
end
return removed
