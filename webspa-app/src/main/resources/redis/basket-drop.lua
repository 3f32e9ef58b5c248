-- Removes a basket that was ordered, unless its owner changed it since.
-- KEYS[1]  the basket
-- ARGV[1]  version that was ordered
-- Result   1 removed, 0 left alone (changed, or gone already)
local current = redis.call('GET', KEYS[1])
if current and cjson.decode(current)['version'] == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
