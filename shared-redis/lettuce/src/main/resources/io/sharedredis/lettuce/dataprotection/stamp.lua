-- The beginning of the version that read.lua gives, at the same cost however large the ring is.
-- KEYS[1] list of elements, KEYS[2] hash of tags, KEYS[3] hash of notes (see read.lua)
-- ARGV    none
-- Result  life:changes:length: (an element that replaced another behind our back is not seen here)
local life = redis.call('HGET', KEYS[3], 'life') or ''
local changes = redis.call('HGET', KEYS[3], 'changes') or '0'
return life .. ':' .. changes .. ':' .. redis.call('LLEN', KEYS[1]) .. ':'
