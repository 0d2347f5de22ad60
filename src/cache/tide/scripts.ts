/**
 * The tide's Lua scripts. KEYS[1] is the hash. Numbers are written as digits, because Lua would print 1.8e+15; `allow-oom`, because an
 * invalidation must not fail where Redis is full.
 */
const ADOPT = `
local tide = KEYS[1]
local function digits(n) return string.format('%.0f', n) end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local state = redis.call('HMGET', tide, 'generation', 'run', 'clock')
local generation, clock = state[1], tonumber(state[3] or '0')
if not generation or state[2] ~= run then
  -- The hash is gone, or another process of Redis wrote it, which may have come back with older marks: a new generation.
  generation, clock = ARGV[1], math.max(clock + 1, now)
  redis.call('UNLINK', tide)
  redis.call('HSET', tide, 'generation', generation, 'run', run, 'clock', digits(clock), 'floor', digits(clock))
end
`;

/** ARGV: a generation in case one begins. Returns {generation, clock}. A write, because who cannot raise must not read. */
export const HOLD_SCRIPT = `#!lua flags=allow-oom
${ADOPT}
redis.call('HSET', tide, 'run', run)
return { generation, digits(clock) }
`;

/** ARGV: a generation in case one begins, hard or soft, the clock value to raise to or '', the fields. Returns {generation, clock}. */
export const RAISE_SCRIPT = `#!lua flags=allow-oom
${ADOPT}
clock = math.max(clock + 1, now)
redis.call('HSET', tide, 'clock', digits(clock))
local to = ARGV[3] == '' and clock or tonumber(ARGV[3])
for i = 4, #ARGV do
  local field = 'tag ' .. ARGV[i]
  local mark = redis.call('HGET', tide, field) or '0 0'
  local hard, soft = string.match(mark, '^(%d+) (%d+)$')
  hard, soft = tonumber(hard), tonumber(soft)
  if ARGV[2] == 'hard' then hard = math.max(hard, to) else soft = math.max(soft, to) end
  redis.call('HSET', tide, field, digits(hard) .. ' ' .. digits(soft))
end
return { generation, digits(clock) }
`;

/** KEYS[1] an entry; ARGV: bytes, life in ms, generation, start. An entry never replaces one of its generation with a later start. */
export const STORE_SCRIPT = `
local generation, start = string.match(redis.call('GETRANGE', KEYS[1], 0, 127), '^%d+ (%S+) (%d+)\\n')
if generation == ARGV[3] and tonumber(start) > tonumber(ARGV[4]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;
