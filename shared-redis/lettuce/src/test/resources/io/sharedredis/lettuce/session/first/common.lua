-- Put before each script of the session store; see docs/formats/session-store.md for the layout.
-- Time is that of Redis, so that replicas whose clocks differ agree on what has expired. Names that
-- are made here from the prefix carry the hash tag of the declared keys: the same slot.

-- ms a session lives that is never too old: every key has an end
local NEVER = 31536000000
-- ms an expired session is kept for whoever reports its end, when no replica runs to do so earlier
local GRACE = 86400000
-- the format that this version writes and reads
local VERSION = 1

local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- ms from the last written access to the end. The access may have been written up to one touch
-- interval before the real one, and nobody shall be signed out early.
local function life(timeout, touch)
  if timeout <= 0 then
    return NEVER
  end
  return timeout + math.min(touch, timeout / 10)
end

-- {timeout, last access, generation, user or ''} of a session that can be used now, or nil
local function living(session, touch, now)
  local f = redis.call('HMGET', session, 'v', 'c', 't', 'a', 'g', 'u')
  local version, timeout, access = tonumber(f[1] or ''), tonumber(f[3] or ''), tonumber(f[4] or '')
  if not version or version > VERSION or not tonumber(f[2] or '') or not timeout or not access then
    return nil
  end
  if now >= access + life(timeout, touch) then
    return nil
  end
  return { timeout, access, tonumber(f[5] or '') or 0, f[6] or '' }
end

-- Generation up to which a former id may look, false for the present id, nil for any other id.
local function former(session, check, now)
  if redis.call('HGET', session, 'id') == check then
    return false
  end
  local ends, generation =
    string.match(redis.call('HGET', session, 'o:' .. check) or '', '^(%d+):(%d+)$')
  if not ends or tonumber(ends) <= now then
    return nil
  end
  return tonumber(generation)
end

local function generationOf(value)
  return tonumber(string.match(value, '^(%d+):') or '') or 0
end

-- Writes how long session and index entries live. Failing is allowed where a read must go on
-- although Redis is full or read-only.
local function prolong(run, prefix, internal, user, access, span)
  local ends = access + span
  run('HSET', prefix .. 'id:' .. internal, 'a', text(access))
  run('PEXPIRE', prefix .. 'id:' .. internal, text(span + GRACE))
  run('ZADD', prefix .. 'expiry', text(ends), internal)
  if user ~= '' then
    local index = prefix .. 'user:' .. user
    run('ZADD', index, text(ends), internal)
    if redis.call('PTTL', index) < span then
      run('PEXPIRE', index, text(span))
    end
  end
end

-- Removes a session from everywhere and says so to every replica; 1 if it was there.
local function remove(prefix, internal, channel, reason)
  local session = prefix .. 'id:' .. internal
  local user = redis.call('HGET', session, 'u')
  local removed = redis.call('DEL', session)
  redis.call('ZREM', prefix .. 'expiry', internal)
  if user and user ~= '' then
    redis.call('ZREM', prefix .. 'user:' .. user, internal)
  end
  if removed == 1 then
    redis.call('PUBLISH', channel, reason .. ':' .. internal)
  end
  return removed
end

-- Makes room for one more session of a user: nil when there is none and the policy is to refuse,
-- else the sessions that were ended for it.
local function admit(prefix, internal, user, limit, policy, channel, now)
  local ended = {}
  if user == '' then
    return ended
  end
  local index = prefix .. 'user:' .. user
  redis.call('ZREMRANGEBYSCORE', index, '-inf', text(now))
  if limit <= 0 or redis.call('ZSCORE', index, internal) then
    return ended
  end
  -- Evicted sessions take no place: looked at only when the limit seems to be reached.
  if redis.call('ZCARD', index) >= limit then
    for _, other in ipairs(redis.call('ZRANGE', index, 0, -1)) do
      if redis.call('EXISTS', prefix .. 'id:' .. other) == 0 then
        redis.call('ZREM', index, other)
      end
    end
  end
  local surplus = redis.call('ZCARD', index) - limit + 1
  if surplus > 0 then
    if policy == 'refuse' then
      return nil
    end
    ended = redis.call('ZRANGE', index, 0, surplus - 1)
    for _, other in ipairs(ended) do
      remove(prefix, other, channel, 'limit')
    end
  end
  return ended
end

-- What creating and saving answer when they have done it.
local function saved(generation, conflict, ended)
  local result = { 'SAVED', text(generation), conflict and '1' or '0' }
  for _, other in ipairs(ended) do
    result[#result + 1] = other
  end
  return result
end
