-- Puts a tombstone in a claim's place, so that the token cannot open the connection again.
-- KEYS[1] the claim
-- ARGV[1] the claim that ends, ARGV[2] how long its end is remembered, in milliseconds
-- Result  1 when the tombstone stands, 0 when the claim is another replica's by now
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], 'ended', 'PX', ARGV[2])
return 1
