-- Changes a session that still exists, and nothing else: one that ended is not brought back. Sets
-- and removes attributes one by one, so that parallel requests keep each other's; may give the
-- session a new public id, after which the former one answers for some seconds with what it could
-- see before; moves it in the index of users; writes its last access.
-- KEYS[1] session, KEYS[2] expiry set of the partition
-- ARGV[1] prefix of the partition's keys, ARGV[2] internal id, ARGV[3] hash of the public id,
-- ARGV[4] touch interval in ms, ARGV[5] generation that the caller has read,
-- ARGV[6] hash of the new public id or '', ARGV[7] ms for which the former id answers,
-- ARGV[8] timeout in ms or '' to keep it, ARGV[9] hash of the user, '' for none, '=' to keep it,
-- ARGV[10] sessions a user may have or 0, ARGV[11] 'refuse' or 'end-oldest', ARGV[12] channel of
-- ends, ARGV[13] sealed public id or '' to keep it, ARGV[14] sealed details or '' to keep them,
-- ARGV[15] number of attributes to set, ARGV[16...] name and sealed value of each, then names of
-- attributes to remove
-- Result  {'SAVED', generation, '1' if values written by others since the read were replaced else
-- '0', ended sessions...}, {'GONE'}, {'FORMER'} for a new id wanted by a former one, or {'REFUSED'}
local session, prefix, internal = KEYS[1], ARGV[1], ARGV[2]
local now, touch, base = clock(), tonumber(ARGV[4]), tonumber(ARGV[5])
local found = living(session, touch, now)
if not found then
  return { 'GONE' }
end
local seen = former(session, ARGV[3], now)
if seen == nil then
  return { 'GONE' }
end
local renew = ARGV[6] ~= ''
if seen and renew then
  return { 'FORMER' }
end

-- Where Redis is full this fails before anything was changed.
redis.call('HSET', session, 'g', text(found[3]))
local user, ended = found[4], {}
-- A former id may not say whose session this is: somebody else may hold it.
if not seen and ARGV[9] ~= '=' and ARGV[9] ~= user then
  ended = admit(prefix, internal, ARGV[9], tonumber(ARGV[10]), ARGV[11], ARGV[12], now)
  if not ended then
    return { 'REFUSED' }
  end
  if user ~= '' then
    redis.call('ZREM', prefix .. 'user:' .. user, internal)
  end
  user = ARGV[9]
  redis.call('HSET', session, 'u', user)
end

-- What former ids could see is forgotten when none of them answers any more.
local answers = tonumber(redis.call('HGET', session, 'n') or '')
if answers and (answers <= now or renew) then
  local alive = 0
  local previous = {}
  for _, field in ipairs(redis.call('HKEYS', session)) do
    local kind = string.sub(field, 1, 2)
    if kind == 'o:' then
      local ends = tonumber(string.match(redis.call('HGET', session, field), '^%d+') or '') or 0
      if ends > now then
        alive = alive + 1
      else
        redis.call('HDEL', session, field)
      end
    elseif kind == 'p:' then
      previous[#previous + 1] = field
    end
  end
  if alive == 0 then
    redis.call('HDEL', session, 'n')
    for _, field in ipairs(previous) do
      redis.call('HDEL', session, field)
    end
  end
end

local generation = found[3] + 1
local conflict = false
-- Value that may be replaced: false when a former id must leave it to the present one.
local function mayReplace(name)
  if not seen and not renew and base == found[3] then
    return true
  end
  local value = redis.call('HGET', session, 'x:' .. name)
  if not value then
    return true
  end
  local written = generationOf(value)
  if seen and written > seen then
    return false
  end
  if written > base then
    conflict = true
  end
  if renew then
    redis.call('HSET', session, 'p:' .. name, value)
  end
  return true
end

local values = tonumber(ARGV[15])
for i = 16, 14 + 2 * values, 2 do
  if mayReplace(ARGV[i]) then
    redis.call('HSET', session, 'x:' .. ARGV[i], text(generation) .. ':' .. ARGV[i + 1])
  end
end
for i = 16 + 2 * values, #ARGV do
  if mayReplace(ARGV[i]) then
    redis.call('HDEL', session, 'x:' .. ARGV[i])
  end
end

if renew then
  local ends = now + tonumber(ARGV[7])
  redis.call('HSET', session, 'id', ARGV[6], 'o:' .. ARGV[3], text(ends) .. ':' .. text(found[3]),
    'n', text(math.max(ends, tonumber(redis.call('HGET', session, 'n') or '') or 0)))
end
local timeout = found[1]
-- What belongs to the session as a whole is not a former id's to change.
if not seen and ARGV[8] ~= '' then
  timeout = tonumber(ARGV[8])
  redis.call('HSET', session, 't', ARGV[8])
end
if not seen and ARGV[13] ~= '' then
  redis.call('HSET', session, 'i', ARGV[13])
end
if not seen and ARGV[14] ~= '' then
  redis.call('HSET', session, 'd', ARGV[14])
end
redis.call('HSET', session, 'g', text(generation))
prolong(redis.call, prefix, internal, user, now, life(timeout, touch))
return saved(generation, conflict, ended)
