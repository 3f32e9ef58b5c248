-- Makes the replica that asks first the owner of a connection; all others learn whose it is.
-- KEYS[1] the claim, KEYS[2] the reservation that negotiate version 0 leaves
-- ARGV[1] the claim to write: '<version> <server> <hub path>', ARGV[2] its lease in milliseconds,
-- ARGV[3] the right to claim: 'fresh_token', 'reservation' or 'none', ARGV[4] the hub's path
-- Result  {'made', claim}, {'held', claim} when there was one, {'none', ''} when none may be made
local held = redis.call('GET', KEYS[1])
if held then
  return {'held', held}
end
if ARGV[3] == 'reservation' then
  if redis.call('GET', KEYS[2]) ~= ARGV[4] then
    return {'none', ''}
  end
  redis.call('DEL', KEYS[2])
elseif ARGV[3] ~= 'fresh_token' then
  return {'none', ''}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'made', ARGV[1]}
