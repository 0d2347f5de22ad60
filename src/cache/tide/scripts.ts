/**
 * The tide's Lua scripts. KEYS[1] is the hash, `{tide}`: generation, run, clock, floor, members (`id=hold id=hold`), holds (their counter),
 * cursor (of pruning), and `tag FIELD` = `hard soft` for each mark. Numbers are written as digits, because Lua would print 1.8e+15;
 * `allow-oom`, because an invalidation must not fail where Redis is full.
 */
const ADOPT = `
local tide = KEYS[1]
local function digits(n) return string.format('%.0f', n) end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local state = redis.pcall('HMGET', tide, 'generation', 'run', 'clock', 'members')
local generation, clock, members = state[1], tonumber(state[3] or '0'), state[4]
if not generation or state[2] ~= run then
  -- The hash is gone, is of another type, or another process of Redis wrote it, which may have come back with older marks: a new generation. Who held a
  -- lease before it is not known: one silent member stands for them all.
  generation, clock, members = ARGV[1], math.max(clock + 1, now), '?=0'
  redis.call('UNLINK', tide)
  redis.call('HSET', tide, 'generation', generation, 'run', run, 'clock', digits(clock), 'floor', digits(clock), 'members', members)
end
`;

/**
 * ARGV: a generation in case one begins; who holds, or ''; the generation and the clock of his mirror; how old, in µs, marks may be
 * dropped, and how many fields are looked at for it. Returns {generation, clock, '1' for a member, members}. A write even where
 * nothing changes, because who cannot raise must not read.
 */
export const HOLD_SCRIPT = `#!lua flags=allow-oom
${ADOPT}
local member = '0'
if ARGV[2] ~= '' and ARGV[3] == generation and tonumber(ARGV[4]) == clock then
  local others = {}
  for id, hold in string.gmatch(members, '(%S+)=(%d+)') do
    if id ~= ARGV[2] then table.insert(others, id .. '=' .. hold) end
  end
  table.insert(others, ARGV[2] .. '=' .. redis.call('HINCRBY', tide, 'holds', 1))
  member, members = '1', table.concat(others, ' ')
end
redis.call('HSET', tide, 'run', run, 'members', members)
-- Pruning. The floor rises to the greatest mark dropped before any is, so that what began below it, and would need it, is dead.
local page = redis.call('HSCAN', tide, redis.call('HGET', tide, 'cursor') or '0', 'MATCH', 'tag *', 'COUNT', ARGV[6])
local floor, dropped = tonumber(redis.call('HGET', tide, 'floor')), {}
for i = 1, #page[2], 2 do
  local hard, soft = string.match(page[2][i + 1], '^(%d+) (%d+)$')
  local mark = math.max(tonumber(hard), tonumber(soft))
  if mark < clock - tonumber(ARGV[5]) then
    floor = math.max(floor, mark)
    table.insert(dropped, page[2][i])
  end
end
redis.call('HSET', tide, 'cursor', page[1], 'floor', digits(floor))
for _, field in ipairs(dropped) do redis.call('HDEL', tide, field) end
return { generation, digits(clock), member, members }
`;

/**
 * ARGV: a generation in case one begins; hard or soft; the clock value to raise to, or ''; who raises; what he calls it, or '-'; the
 * channel; the fields. Publishes `generation previous clock kind to raiser nonce` and a line for each field. Returns
 * {generation, clock, members}.
 */
export const RAISE_SCRIPT = `#!lua flags=allow-oom
${ADOPT}
local previous = clock
clock = math.max(clock + 1, now)
redis.call('HSET', tide, 'clock', digits(clock))
local to = ARGV[3] == '' and clock or tonumber(ARGV[3])
local lines = { table.concat({ generation, digits(previous), digits(clock), ARGV[2], digits(to), ARGV[4], ARGV[5] }, ' ') }
for i = 7, #ARGV do
  local field = 'tag ' .. ARGV[i]
  local mark = redis.call('HGET', tide, field) or '0 0'
  local hard, soft = string.match(mark, '^(%d+) (%d+)$')
  hard, soft = tonumber(hard), tonumber(soft)
  if ARGV[2] == 'hard' then hard = math.max(hard, to) else soft = math.max(soft, to) end
  redis.call('HSET', tide, field, digits(hard) .. ' ' .. digits(soft))
  table.insert(lines, ARGV[i])
end
redis.call('PUBLISH', ARGV[6], table.concat(lines, '\\n'))
return { generation, digits(clock), members }
`;

/** ARGV: the generation, and for each member to remove `id=hold`: it stays where it has held again since. */
export const DROP_SCRIPT = `#!lua flags=allow-oom
local tide = KEYS[1]
local state = redis.call('HMGET', tide, 'generation', 'members')
if state[1] ~= ARGV[1] then return 0 end
local silent, others = {}, {}
for i = 2, #ARGV do silent[ARGV[i]] = true end
for member in string.gmatch(state[2] or '', '%S+') do
  if not silent[member] then table.insert(others, member) end
end
return redis.call('HSET', tide, 'members', table.concat(others, ' '))
`;
