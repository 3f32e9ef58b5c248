-- Reads the whole key ring in one consistent step.
-- KEYS[1] list of elements (ASP.NET Core's layout)
-- KEYS[2] hash of tags: SHA-1 of an element's text -> tag
-- KEYS[3] hash of our own notes: changes (counter), reset-mark
-- ARGV    none
-- Result  {version, reset mark or '', element 1, its tag or '', element 2, its tag or '', ...}
-- The version holds the content and our counter: .NET appends without counting, and an element
-- that was removed and added again is a change too.
local items = redis.call('LRANGE', KEYS[1], 0, -1)
local changes = redis.call('HGET', KEYS[3], 'changes') or '0'
local result = {
  changes .. '-' .. #items .. '-' .. redis.sha1hex(table.concat(items, '\n')),
  redis.call('HGET', KEYS[3], 'reset-mark') or ''
}
for _, item in ipairs(items) do
  result[#result + 1] = item
  result[#result + 1] = redis.call('HGET', KEYS[2], redis.sha1hex(item)) or ''
end
return result
