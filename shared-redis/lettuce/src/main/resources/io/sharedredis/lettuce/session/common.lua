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

-- A number as this store writes them, nil for anything else: Lua would also take 'nan', '0x1' or
-- '1e300', which Redis or a replica cannot. One digit is left for what is added to it.
local function whole(digits)
  if digits and #digits <= 14 and string.match(digits, '^%-?%d+$') then
    return tonumber(digits)
  end
  return nil
end

-- The format of the hash under a key, 0 where there is no session of any version.
local function versionOf(session)
  local version = redis.pcall('HGET', session, 'v')
  return type(version) == 'string' and whole(version) or 0
end

-- Removes what somebody else put where one of our sets belongs: it would fail every later command.
local function vacate(run, key)
  local kind = run('TYPE', key).ok
  if kind and kind ~= 'none' and kind ~= 'zset' then
    run('DEL', key)
  end
end

-- ms from the last written access to the end. The access may have been written up to one touch
-- interval before the real one, and nobody shall be signed out early.
local function life(timeout, touch)
  if timeout <= 0 then
    return NEVER
  end
  return timeout + math.min(touch, timeout / 10)
end

-- Fields and values of a hash, none where there is none.
local function content(session)
  local fields = redis.pcall('HGETALL', session)
  return fields.err and {} or fields
end

-- {timeout, last access, generation, user or '', creation} of a session that can be used now, or
-- nil; by its fields v, c, t, a, g and u
local function usable(f, touch, now)
  local version, timeout, access, generation = whole(f[1]), whole(f[3]), whole(f[4]), whole(f[5])
  local created = whole(f[2])
  if not (version and created and timeout and access and generation) or version < 1
    or version > VERSION or generation < 0 then
    return nil
  end
  if now >= access + life(timeout, touch) then
    return nil
  end
  return { timeout, access, generation, f[6] or '', created }
end

-- The same by the session's key.
local function living(session, touch, now)
  local f = redis.pcall('HMGET', session, 'v', 'c', 't', 'a', 'g', 'u')
  -- What fails is not even a hash.
  return not f.err and usable(f, touch, now) or nil
end

-- The same of one that could be used at some time: one that has expired, and no damaged one.
local function everLiving(session, touch)
  return living(session, touch, -math.huge)
end

-- Keeps a session that has expired from living again, should the clock be set back: somebody wants
-- its end. Its last access becomes negative: long ago, and still told with what was in it when the
-- end is reported. Where Redis is full it goes without a report.
local function staysExpired(session)
  local access = whole(redis.call('HGET', session, 'a'))
  if access and access > 0
    and type(redis.pcall('HSET', session, 'a', text(-access))) == 'table' then
    redis.call('DEL', session)
  end
end

-- ms a former id answers at most, as the options of every version have it: one that would answer for
-- longer was written before the clock was set back
local FORMER_AT_MOST = 60000

-- Generation up to which a former id may look, false for the present id, nil for any other id.
local function former(session, check, now)
  if redis.call('HGET', session, 'id') == check then
    return false
  end
  local ends, generation =
    string.match(redis.call('HGET', session, 'o:' .. check) or '', '^(%d+):(%d+)$')
  ends, generation = whole(ends), whole(generation)
  if not ends or not generation or ends <= now or ends > now + FORMER_AT_MOST then
    return nil
  end
  return generation
end

local function generationOf(value)
  return tonumber(string.match(value, '^(%d+):') or '') or 0
end

-- Fails, before anything is written, where the slot is on its way between two nodes of a cluster and
-- one of several keys is at the other one: what seems absent is not to be taken for evicted. (One
-- key alone may be asked for on the node that the slot moves to, although it is not there yet.)
local function here(...)
  redis.call('EXISTS', ...)
end

-- Writes how long session and index entries live, all or nothing. Failing is allowed where a read
-- must go on although Redis is full, read-only, or moving the slot: then the first command fails.
-- (Behind one that succeeds a full Redis would take the others.)
local function prolong(run, prefix, internal, user, access, span)
  local ends = access + span
  local written = run('HSET', prefix .. 'id:' .. internal, 'a', text(access))
  if type(written) == 'table' and written.err then
    return
  end
  run('PEXPIRE', prefix .. 'id:' .. internal, text(span + GRACE))
  vacate(run, prefix .. 'expiry')
  run('ZADD', prefix .. 'expiry', text(ends), internal)
  if user ~= '' then
    local index = prefix .. 'user:' .. user
    vacate(run, index)
    run('ZADD', index, text(ends), internal)
    -- As long as its sessions are kept: were it gone with the last of them, a clock that is ahead
    -- for a while would take the index and leave the sessions. Nobody makes it shorter.
    local left = run('PTTL', index)
    if type(left) == 'number' and left < span + GRACE then
      run('PEXPIRE', index, text(span + GRACE))
    end
  end
end

-- ms after which what a newer version wrote is looked at again: until then it lets others pass
local LATER = 60000

-- Claims entries of a set that are due: from the earliest on, until there are enough or ten times
-- as many were looked at. What `claim` does with one gives it a score beyond now, or removes it.
local function claimDue(key, now, most, claim)
  local claimed, looked = 0, 0
  while claimed < most and looked < 10 * most do
    local due =
      redis.call('ZRANGEBYSCORE', key, '-inf', text(now), 'LIMIT', 0, text(most - claimed))
    if #due == 0 then
      return
    end
    for _, internal in ipairs(due) do
      looked = looked + 1
      if claim(internal) then
        claimed = claimed + 1
      end
    end
  end
end

-- Ends of which no request of the session's own tells the application.
local FROM_ELSEWHERE = { revoked = true, limit = true }

-- Puts what was in a session where a replica finds it that reports its end; whether that was done.
-- Ending goes before reporting: where this fails the session is removed all the same.
local function keepForReport(prefix, internal)
  local ended = prefix .. 'ended:' .. internal
  if not redis.pcall('RENAME', prefix .. 'id:' .. internal, ended).ok then
    return false
  end
  redis.pcall('PEXPIRE', ended, text(GRACE))
  vacate(redis.pcall, prefix .. 'ended')
  redis.pcall('ZADD', prefix .. 'ended', text(clock()), internal)
  redis.pcall('PEXPIRE', prefix .. 'ended', text(GRACE))
  return true
end

-- Removes a session from everywhere and says so to every replica; 1 if it was there.
local function remove(prefix, internal, channel, reason)
  local session = prefix .. 'id:' .. internal
  local user = redis.pcall('HGET', session, 'u')
  local removed = 1
  if not FROM_ELSEWHERE[reason] or not keepForReport(prefix, internal) then
    removed = redis.call('DEL', session)
  end
  redis.pcall('ZREM', prefix .. 'expiry', internal)
  if type(user) == 'string' and user ~= '' then
    redis.pcall('ZREM', prefix .. 'user:' .. user, internal)
  end
  if removed == 1 then
    redis.call('PUBLISH', channel, reason .. ':' .. internal)
  end
  return removed
end

-- Drops entries of a user's index that nobody needs any more. Those that expired just now leave it
-- when that is reported: were the clock ahead for a while, their sessions would live again, and
-- nobody could find them.
local function tidy(index, now)
  vacate(redis.call, index)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', text(now - GRACE))
end

-- Makes room for one more session of a user: nil when there is none and the policy is to refuse,
-- else the sessions that were ended for it.
local function admit(prefix, internal, user, limit, policy, channel, now)
  local ended = {}
  if user == '' then
    return ended
  end
  local index = prefix .. 'user:' .. user
  tidy(index, now)
  local from = '(' .. text(now)
  if limit <= 0 or (tonumber(redis.call('ZSCORE', index, internal) or '') or 0) > now then
    return ended
  end
  -- Evicted sessions take no place: looked at only when the limit seems to be reached.
  if redis.call('ZCOUNT', index, from, '+inf') >= limit then
    for _, other in ipairs(redis.call('ZRANGEBYSCORE', index, from, '+inf')) do
      if redis.call('EXISTS', prefix .. 'id:' .. other) == 0 then
        redis.call('ZREM', index, other)
      end
    end
  end
  local surplus = redis.call('ZCOUNT', index, from, '+inf') - limit + 1
  if surplus > 0 then
    if policy == 'refuse' then
      return nil
    end
    ended = redis.call('ZRANGEBYSCORE', index, from, '+inf', 'LIMIT', 0, text(surplus))
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
