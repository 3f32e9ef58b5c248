-- Reads messages of a channel's history after a position, and its end at the same moment. As many as
-- fit: how long they are only Redis knows before it has sent them.
-- KEYS[1] the history, a stream: id epoch-offset, m the payload, p the id before
-- KEYS[2] its end, a hash: epoch, offset
-- ARGV[1] position, epoch-offset  [2] messages at most  [3] bytes of payload at most; one that is
--         longer comes alone
-- Result  epoch and offset of the end, nil where nothing is known; 1 when there is more after the last
--         message, else 0; then of each message id, payload, and id before
local ends = redis.call('HMGET', KEYS[2], 'epoch', 'offset')
local answer = {ends[1], ends[2], 0}
local after, most, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if ends[1] and ends[2] and ends[1] .. '-' .. ends[2] == after then
  return answer
end
local taken, bytes, step = 0, 0, 1
while true do
  local entries = redis.call('XRANGE', KEYS[1], '(' .. after, '+', 'COUNT', step)
  for _, entry in ipairs(entries) do
    local payload, previous = false, false
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'm' then
        payload = entry[2][i + 1]
      elseif entry[2][i] == 'p' then
        previous = entry[2][i + 1]
      end
    end
    local length = payload and #payload or 0
    if taken == most or (taken > 0 and bytes + length > room) then
      answer[3] = 1
      return answer
    end
    answer[#answer + 1] = entry[1]
    answer[#answer + 1] = payload
    answer[#answer + 1] = previous
    after, taken, bytes = entry[1], taken + 1, bytes + length
  end
  if #entries < step then
    return answer
  end
  -- Few at a time: what lies behind small messages may be large ones, which all come into memory here.
  -- One more than may be taken, to know whether there is one.
  local fit = math.floor((room - bytes) * taken / math.max(1, bytes)) + 1
  step = math.max(1, math.min(16, 2 * step, most - taken + 1, fit))
end
