-- Names in the order of their bytes; what belongs to an ended lease is left out.
-- KEYS[1] leases by inventory
-- ARGV[1] prefix of the hub's keys, ARGV[2] what: 'connections', 'user', 'group', 'users', 'groups',
-- ARGV[3] name of the user or group, ARGV[4] the name to go on after, '' to begin, ARGV[5] how many
-- of each inventory, or in all
-- Result  {complete inventories, where to go on if it was not looked further, else '', list of
-- names, list of names, ...}
local names, complete = living()
local what, name, many = ARGV[2], ARGV[3], tonumber(ARGV[5])
local from = ARGV[4] == '' and '-' or '(' .. ARGV[4]
local result = {complete, ''}
if what == 'users' or what == 'groups' then
  local kind = what == 'users' and 'user:' or 'group:'
  local found = {}
  for _ = 1, 10 do
    local some = redis.call('ZRANGEBYLEX', base .. what, from, '+', 'LIMIT', 0, many)
    for _, one in ipairs(some) do
      local counts, here = base .. kind .. one, false
      for _, inventory in ipairs(names) do
        here = here or redis.call('HEXISTS', counts, inventory) == 1
      end
      if here and #found < many then
        found[#found + 1] = one
      elseif not here and redis.call('EXISTS', counts) == 0 then
        redis.call('ZREM', base .. what, one)
      end
    end
    if #some < many or #found == many then
      result[2] = ''
      break
    end
    result[2] = some[#some]
    from = '(' .. some[#some]
  end
  result[3] = found
  return result
end
local rest = what == 'connections' and ':connections' or ':' .. what .. ':' .. name
for _, inventory in ipairs(names) do
  result[#result + 1] =
    redis.call('ZRANGEBYLEX', of(inventory, rest), from, '+', 'LIMIT', 0, many)
end
return result
