-- Stores a basket, provided nobody changed it since the caller read it.
-- KEYS[1]  the basket
-- ARGV[1]  version the caller read: '' when there was no basket, '*' to store whatever is there
-- ARGV[2]  the new basket as JSON, with its new version in the property "version"
-- ARGV[3]  time to live in seconds
-- Result   1 stored, 0 somebody else was faster and nothing was changed
local current = redis.call('GET', KEYS[1])
if ARGV[1] ~= '*' then
  local version = ''
  if current then
    version = cjson.decode(current)['version']
  end
  if version ~= ARGV[1] then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
