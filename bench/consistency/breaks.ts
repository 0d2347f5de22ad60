import type { Edit } from './edit.js';
import { CLOCK_STEP_KEY } from './redis-arena.js';
import type { NemesisName } from './nemeses.js';

/** A gateway without one of its mechanisms: the checker must notice. */
export interface Break {
  readonly name: string;
  readonly what: string;
  readonly edits: readonly Edit[];
  /** Those that bring it to light the soonest; undefined: none is needed. */
  readonly nemeses: readonly NemesisName[];
}

/** A stub of TIME: the tide's scripts see a clock that the nemesis steps. The lives of entries (PX) keep the machine's. */
export const STEPPED_TIME: readonly Edit[] = [
  {
    file: 'src/cache/tide/scripts.ts',
    find: "local time = redis.call('TIME')",
    replace: `local time = redis.call('TIME')
time[1] = time[1] + (redis.call('GET', '${CLOCK_STEP_KEY}') or 0)`,
  },
];

export const BREAKS: readonly Break[] = [
  {
    name: 'mark-check-off',
    what: 'marks are not compared with starts',
    edits: [{ file: 'src/cache/tide/validity.ts', find: "if (mark.hard > start) return 'invalid';", replace: '' }],
    nemeses: [],
  },
  {
    name: 'captured-at-store',
    what: 'the clock is captured when a value is stored, not before it is computed',
    edits: [
      {
        file: 'src/cache/computations.ts',
        find: 'const landings = outcomes.flatMap(',
        replace: `const late = await this.#options.lookup.readTide().catch(ifAway);
    const landings = outcomes.flatMap(`,
      },
      {
        file: 'src/cache/computations.ts',
        find: 'const capture = flight.capture ??',
        replace: 'const capture = late ?? flight.capture ??',
      },
    ],
    nemeses: [],
  },
  {
    name: 'blind-join',
    what: 'flights are joined whatever was raised since they began',
    edits: [
      { file: 'src/cache/flights.ts', find: 'if (running && isJoinable(running, arrival))', replace: 'if (running)' },
      {
        file: 'src/cache/cache.ts',
        find: 'if (landed && !hadEnded(landed, arrivedAt) && (await this.#isYoung(landed, arrival)))',
        replace: 'if (landed)',
      },
    ],
    nemeses: [],
  },
  {
    name: 'unacknowledged-raise',
    what: 'raises do not wait for acknowledgements',
    edits: [
      {
        file: 'src/cache/tide/participant.ts',
        find: `    await this.#acknowledgements.wait(raised, connection);
    this.#breakUnlessHeard(raised);
`,
        replace: '',
      },
    ],
    nemeses: ['bus-delay'],
  },
  {
    name: 'endless-lease',
    what: 'a lease ends by no clock',
    edits: [
      {
        file: 'src/cache/tide/lease.ts',
        find: 'return monotonic < LEASE_MS && wall < LEASE_MS && wall >= 0;',
        replace: 'return true;',
      },
    ],
    nemeses: ['gateway-hold'],
  },
  {
    name: 'generation-not-compared',
    what: 'entries of an older generation are believed',
    edits: [
      {
        file: 'src/cache/tide/validity.ts',
        find: "if (generation !== tide.generation) return 'invalid';",
        replace: '',
      },
      { file: 'src/cache/tide/mirror.ts', find: "if (generation !== this.#generation) return 'invalid';", replace: '' },
    ],
    nemeses: ['redis-clock', 'redis-evict-tide', 'redis-restart-older'],
  },
  {
    name: 'acknowledged-gap',
    what: 'a change is applied and acknowledged though one before it is missing',
    edits: [
      {
        file: 'src/cache/tide/mirror.ts',
        find: 'if (change.previous !== this.#clock) return this.break();',
        replace: '',
      },
    ],
    nemeses: ['bus-lose'],
  },
  {
    name: 'lease-by-redis-time',
    what: "raises wait only for those whose leases Redis' clock says are not over",
    edits: [
      {
        file: 'src/cache/tide/scripts.ts',
        find: "'=' .. redis.call('HINCRBY', tide, 'holds', 1))",
        replace: "'=' .. digits(now))",
      },
      {
        file: 'src/cache/tide/scripts.ts',
        find: "redis.call('PUBLISH', ARGV[6]",
        replace: String.raw`local leased = {}
for id, held in string.gmatch(members, '(%S+)=(%d+)') do
  if id == '?' or now - tonumber(held) < 900000 then table.insert(leased, id .. '=' .. held) end
end
members = table.concat(leased, ' ')
redis.call('PUBLISH', ARGV[6]`,
      },
    ],
    nemeses: ['redis-clock', 'bus-delay'],
  },
  {
    name: 'one-start-for-all',
    what: 'a composite has one start for the tags of all its parts',
    edits: [
      {
        file: 'src/cache/landing.ts',
        find: `      parts.tags,
    ),`,
        replace: `      parts.tags,
    ).map(({ tag }, _, all) => ({ tag, start: Math.min(...all.map((one) => one.start)) })),`,
      },
    ],
    nemeses: [],
  },
];
