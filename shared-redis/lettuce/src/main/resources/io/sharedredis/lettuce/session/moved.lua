-- How far a session that was kept elsewhere has come; says that it has come all the way if wanted.
-- KEYS[1] what is remembered of its id
-- ARGV[1] ms after which whoever moved it has given up, ARGV[2] '1' to write that it is done
-- Result  'NEVER', 'UNDER-WAY', 'ABANDONED' or 'DONE', as it was before
local state = redis.pcall('GET', KEYS[1])
if type(state) == 'table' then
  -- Something else lies there: the id is not used again, and there is nothing to be done.
  return 'DONE'
end
if not state then
  return 'NEVER'
end
if ARGV[2] == '1' then
  redis.call('SET', KEYS[1], 'done', 'KEEPTTL')
end
if state == 'done' then
  return 'DONE'
end
local since = tonumber(state) or 0
return clock() - since < tonumber(ARGV[1]) and 'UNDER-WAY' or 'ABANDONED'
