-- Reads an entry of ASP.NET Core's distributed cache as it is, without using it: to write it under
-- another key on another node.
-- KEYS[1] entry
-- Result  {absexp, sldexp, data, ms it will stay or -1 where it has no end}, or nil if there is none
local entry = redis.pcall('HMGET', KEYS[1], 'absexp', 'sldexp', 'data')
local left = redis.call('PTTL', KEYS[1])
if entry.err or not (entry[1] and entry[2] and entry[3]) then
  return nil
end
return { entry[1], entry[2], entry[3], string.format('%.0f', left) }
