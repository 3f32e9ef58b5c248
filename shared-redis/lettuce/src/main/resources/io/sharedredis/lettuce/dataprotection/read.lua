-- Reads the whole key ring in one consistent step.
-- KEYS[1] list of elements (ASP.NET Core's layout)
-- KEYS[2] hash of tags: SHA-1 of an element's text -> tag
-- KEYS[3] hash of our own notes: life, changes (counter), reset-mark
-- ARGV[1] name for the life of these notes if they have none: another name later means that
--         everything was lost in between
-- Result  {version, reset mark or '', life or '', changes, element 1, its tag or '', element 2, ...}
-- The version holds the content and our counter: .NET appends without counting, and an element
-- that was removed and added again is a change too.
local life = redis.call('HGET', KEYS[3], 'life')
if not life then
  -- A server that takes no writes now, or a user who may not write, is read all the same.
  life = type(redis.pcall('HSET', KEYS[3], 'life', ARGV[1])) == 'number' and ARGV[1] or ''
end
local items = redis.call('LRANGE', KEYS[1], 0, -1)
local changes = redis.call('HGET', KEYS[3], 'changes') or '0'
local result = {
  life .. ':' .. changes .. ':' .. #items .. ':' .. redis.sha1hex(table.concat(items, '\n')),
  redis.call('HGET', KEYS[3], 'reset-mark') or '',
  life,
  changes
}
-- Hashing every element is most of the work, and most rings have no tags.
local tagged = redis.call('EXISTS', KEYS[2]) == 1
for _, item in ipairs(items) do
  result[#result + 1] = item
  result[#result + 1] = tagged and redis.call('HGET', KEYS[2], redis.sha1hex(item)) or ''
end
return result
