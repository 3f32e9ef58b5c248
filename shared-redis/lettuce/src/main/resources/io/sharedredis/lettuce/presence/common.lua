-- Put before each script of presence; see docs/formats/hub-presence.md for the layout. Time is that
-- of Redis, so that replicas whose clocks differ agree on whose lease has ended. Names that are made
-- here from the prefix carry the hash tag of the declared key: the same slot.

-- ms a key lives that no replica touches any more; replicas touch theirs every hour
local KEPT = 10800000
-- events that are kept for replicas that did not hear for a while
local EVENTS = 20000

local base = ARGV[1]
local leases = KEYS[1]

local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

local function keep(key)
  redis.call('PEXPIRE', key, KEPT)
end

-- What belongs to one inventory: a replica's record of its own connections.
local function of(inventory, rest)
  return base .. 'of:' .. inventory .. rest
end

local function leased(inventory)
  return redis.call('ZSCORE', leases, inventory)
    and redis.call('HEXISTS', of(inventory, ''), 'ended') == 0
end

-- Inventories whose lease runs, and how many of them are complete.
local function living()
  local names = redis.call('ZRANGEBYSCORE', leases, text(clock()), '+inf')
  local complete = 0
  for _, name in ipairs(names) do
    if redis.call('HGET', of(name, ''), 'complete') == '1' then
      complete = complete + 1
    end
  end
  return names, complete
end

-- Whether an inventory whose lease has ended is not cleaned up yet.
local function settling()
  return redis.call('ZCOUNT', leases, '-inf', '(' .. text(clock())) > 0 and 1 or 0
end

-- Number of the last event; 0 for none.
local function lastEvent()
  local last = redis.call('XREVRANGE', base .. 'events', '+', '-', 'COUNT', 1)
  return last[1] and tonumber(string.match(last[1][1], '^%d+')) or 0
end

-- Numbers follow each other; the first one after Redis was empty is greater than any before.
local function event(kind, name, connection, user)
  local events = base .. 'events'
  local last = lastEvent()
  local number = last > 0 and last + 1 or clock()
  redis.call('XADD', events, 'MAXLEN', '~', EVENTS, text(number) .. '-0',
    'k', kind, 'n', name, 'c', connection, 'u', user)
  keep(events)
end

-- Whether another inventory than this has the connection in a set: it moves between replicas.
local function elsewhere(counts, inventory, rest, connection)
  for _, other in ipairs(redis.call('HKEYS', counts)) do
    if other ~= inventory and redis.call('ZSCORE', of(other, rest), connection) then
      return true
    end
  end
  return false
end

-- Adds a connection to a set (a user's or a group's) of an inventory. kind: 'user:' or 'group:'.
local function join(inventory, kind, name, connection)
  local counts, mine = base .. kind .. name, of(inventory, ':' .. kind .. name)
  local roll = base .. (kind == 'user:' and 'users' or 'groups')
  if redis.call('ZADD', mine, 0, connection) == 1 then
    redis.call('HINCRBY', counts, inventory, 1)
    redis.call('ZADD', roll, 0, name)
  end
  keep(mine)
  keep(counts)
  keep(roll)
end

local function leave(inventory, kind, name, connection)
  local counts, mine = base .. kind .. name, of(inventory, ':' .. kind .. name)
  if redis.call('ZREM', mine, connection) == 1
    and redis.call('HINCRBY', counts, inventory, -1) <= 0 then
    redis.call('HDEL', counts, inventory)
  end
  if redis.call('EXISTS', counts) == 0 then
    redis.call('ZREM', base .. (kind == 'user:' and 'users' or 'groups'), name)
  end
end

local function joinUser(inventory, user, connection)
  local before = redis.call('EXISTS', base .. 'user:' .. user)
  join(inventory, 'user:', user, connection)
  if before == 0 then
    event('uj', user, '', '')
  end
end

local function leaveUser(inventory, user, connection)
  leave(inventory, 'user:', user, connection)
  if redis.call('EXISTS', base .. 'user:' .. user) == 0 then
    event('ul', user, '', '')
  end
end

-- user: '-' for nobody, else '+' and the name
local function joinGroup(inventory, group, connection, user)
  local known = elsewhere(base .. 'group:' .. group, inventory, ':group:' .. group, connection)
  join(inventory, 'group:', group, connection)
  if not known then
    event('mj', group, connection, user)
  end
end

local function leaveGroup(inventory, group, connection, user)
  leave(inventory, 'group:', group, connection)
  if not elsewhere(base .. 'group:' .. group, inventory, ':group:' .. group, connection) then
    event('ml', group, connection, user)
  end
end

-- Makes the record of a connection what it should be. user: '' for a connection that is gone, '-'
-- for nobody, else '+' and the name. groups: as an array.
local function put(inventory, connection, user, groups)
  local records, roll = of(inventory, ':records'), of(inventory, ':connections')
  local packed = redis.call('HGET', records, connection)
  local old = packed and cmsgpack.unpack(packed) or {''}
  local had, has = {}, {}
  for i = 2, #old do
    had[old[i]] = true
  end
  for _, group in ipairs(groups) do
    has[group] = true
  end
  if user == '' then
    redis.call('HDEL', records, connection)
    redis.call('ZREM', roll, connection)
  else
    local record = {user}
    for _, group in ipairs(groups) do
      record[#record + 1] = group
    end
    redis.call('HSET', records, connection, cmsgpack.pack(record))
    redis.call('ZADD', roll, 0, connection)
    keep(records)
    keep(roll)
  end
  local named = function(whose) return string.sub(whose, 1, 1) == '+' and string.sub(whose, 2) end
  if named(user) then
    if old[1] == user then
      join(inventory, 'user:', named(user), connection)
    else
      joinUser(inventory, named(user), connection)
    end
  end
  for _, group in ipairs(groups) do
    if had[group] then
      join(inventory, 'group:', group, connection)
    else
      joinGroup(inventory, group, connection, user)
    end
  end
  for i = 2, #old do
    if not has[old[i]] then
      leaveGroup(inventory, old[i], connection, old[1])
    end
  end
  if named(old[1]) and old[1] ~= user then
    leaveUser(inventory, named(old[1]), connection)
  end
end

