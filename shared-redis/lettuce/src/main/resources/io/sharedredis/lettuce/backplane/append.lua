-- Keeps reliable messages of a channel in their order, each once, and publishes those that are new.
-- A new epoch begins with the first message, and when this server is not the one that took the last:
-- another process, or another master, may know less than its clients were told.
-- PUBLISH, the command, comes from the file before.
-- KEYS[1] the history, a stream: id epoch-offset, m the payload, p the id before
-- KEYS[2] its end, a hash: epoch, offset, server
-- KEYS[3] the last number of this publisher on this channel, with the position it got
-- KEYS[4] and on: one for each message with an idempotency key, its position
-- ARGV[1] channel  [2] messages kept  [3] lifetime of KEYS[1] and [3] in ms  [4] of KEYS[2]  [5] of keys
-- ARGV[6], [7] epoch and offset that the publisher knows to be confirmed, 0 for none
-- ARGV[8] and on, four for each message: number, payload before and after the position, its key's
--         index in KEYS or 0
-- Result  the position of each message, and why publishing was refused if it was
local replication = redis.pcall('INFO', 'replication')
local server = type(replication) == 'string' and string.match(replication, 'master_replid:(%x+)') or ''
local ends = redis.call('HMGET', KEYS[2], 'epoch', 'offset', 'server')
if not ends[1] then
  -- Nothing yet, or evicted; the history itself may still know.
  local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  ends[1], ends[2] = string.match(top and top[1] or '0-0', '^(%d+)-(%d+)$')
end
local epoch, offset = tonumber(ends[1]), tonumber(ends[2])
local previous = string.format('%.0f-%.0f', epoch, offset)
local told, toldOffset = tonumber(ARGV[6]), tonumber(ARGV[7])
local behind = told > epoch or (told == epoch and toldOffset > offset)
if behind then
  -- What was confirmed and is not here was lost with the server that had it.
  previous = string.format('%.0f-%.0f', told, toldOffset)
end
local function begin(least)
  local now = redis.call('TIME')
  epoch = math.max(tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000), least)
  offset = 0
end
-- What may be kept but not published reaches those who listen when they next look at the history.
local unheard
local function keep(before, after)
  local position = string.format('%.0f-%.0f', epoch, offset)
  local payload = before .. cmsgpack.pack(offset) .. cmsgpack.pack(epoch) .. after
  local kept = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], position, 'm', payload, 'p', previous)
  if type(kept) == 'table' and kept.err then
    return nil, kept
  end
  local heard = redis.pcall(PUBLISH, ARGV[1], payload)
  unheard = unheard or type(heard) == 'table' and heard.err
  return position
end
if behind or ends[3] ~= server then
  begin(math.max(epoch + 1, told + 1))
end
local last = redis.call('GET', KEYS[3])
local lastNumber, lastPosition = -1, ''
if last then
  lastNumber, lastPosition = string.match(last, '^(%d+) (.+)$')
  lastNumber = tonumber(lastNumber)
end
local written = false
local positions = {}
for i = 8, #ARGV, 4 do
  local number, key = tonumber(ARGV[i]), tonumber(ARGV[i + 3])
  local known = key > 0 and redis.call('GET', KEYS[key])
  if known then
    positions[#positions + 1] = known
    if number > lastNumber then
      lastNumber, lastPosition = number, known
    end
  elseif number <= lastNumber then
    positions[#positions + 1] = lastPosition
  else
    offset = offset + 1
    local position, refused = keep(ARGV[i + 1], ARGV[i + 2])
    if not position then
      if not string.find(refused.err, 'equal or smaller', 1, true) then
        return refused
      end
      -- Somebody else has written behind the end: a new epoch begins behind that, and nothing is
      -- missing between the two.
      previous = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
      begin(tonumber(string.match(previous, '^(%d+)-')) + 1)
      offset = 1
      -- Beyond 2^53 numbers are not exact.
      position = epoch < 9007199254740992 and keep(ARGV[i + 1], ARGV[i + 2])
      if not position then
        return refused
      end
    end
    if key > 0 then
      redis.call('SET', KEYS[key], position, 'PX', ARGV[5])
    end
    previous, lastNumber, lastPosition, written = position, number, position, true
    positions[#positions + 1] = position
  end
end
-- Written in any case, so that WAIT, which looks at this connection's last write, says something.
redis.call('SET', KEYS[3], string.format('%.0f %s', lastNumber, lastPosition), 'PX', ARGV[3])
if written then
  redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch), 'offset', string.format('%.0f', offset), 'server', server)
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
positions[#positions + 1] = unheard or nil
return positions
