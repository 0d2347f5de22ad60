import { setTimeout as sleep } from 'node:timers/promises';
import { buildGateway } from './build.js';
import { Checker, type FieldBounds } from './checker.js';
import { Disturbances } from './disturbances.js';
import type { Edit } from './edit.js';
import { Fleet } from './fleet.js';
import { GraphqlClient } from './graphql-client.js';
import type { Field, Operation } from './history.js';
import { CLOCK_STEP_S, type NemesisName } from './nemeses.js';
import { runNemeses } from './nemesis-schedule.js';
import { Random } from './random.js';
import { REDIS_PREFIX, RedisArena } from './redis-arena.js';
import { startUpstream } from './upstream.js';
import { runWorkload } from './workload.js';

export interface RunOptions {
  readonly gateways: number;
  readonly clients: number;
  readonly seed: number;
  readonly nemeses: readonly NemesisName[];
  readonly edits: readonly Edit[];
  /** Whose src is run; undefined: this project's. */
  readonly root?: string | undefined;
  /** Ends the run when either is reached. */
  readonly seconds: number;
  readonly operations: number;
  /** Ends it when so many violations were found. */
  readonly violations: number;
  /** Every so often, ms: how far it is. */
  readonly onProgress?: (checker: Checker, seconds: number) => void;
}

export interface RunResult {
  readonly checker: Checker;
  readonly disturbances: Disturbances;
  readonly seconds: number;
  /** Gateways that ended by themselves. */
  readonly crashes: readonly string[];
}

const PROGRESS_MS = 10_000;
const LOOK_MS = 100;
const WARM_UP_MS = 500;

/** What the policies of gateway-schema.ts promise. Alone, a gateway serves for 2 s what it computed itself. */
const BOUNDS: Readonly<Record<Field, FieldBounds>> = {
  register: { maxAgeMs: 30_000, aloneMs: 2_000 },
  composite: { maxAgeMs: 30_000, aloneMs: 2_000 },
  board: { maxAgeMs: 30_000, aloneMs: 2_000 },
  mine: { maxAgeMs: 30_000, aloneMs: 2_000 },
  lasting: { maxAgeMs: 10_000, aloneMs: 10_000 },
  lagging: { maxAgeMs: 21_000, aloneMs: 2_000 },
};

/** Gateways, clients and nemeses for a while, checked as they go. */
export async function runConsistency(options: RunOptions): Promise<RunResult> {
  const closers: (() => unknown)[] = [];
  try {
    return await run(options, (close) => closers.push(close));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Private: what is opened is handed to `defer`, to be closed in reverse order whatever happens. */
async function run(options: RunOptions, defer: (close: () => unknown) => void): Promise<RunResult> {
  const origin = performance.now();
  const now = () => performance.now() - origin;
  const random = new Random(options.seed);
  const disturbances = new Disturbances(now);
  const clockStepMs = options.nemeses.includes('redis-clock') ? 1_000 * CLOCK_STEP_S : 0;
  const checker = new Checker({ bounds: BOUNDS, disturbances, clockStepMs });
  const crashes: string[] = [];

  const build = await buildGateway(options.edits, options.root);
  defer(() => build.remove());
  const redis = await RedisArena.start(options.gateways);
  defer(() => redis.close());
  const upstream = await startUpstream({
    ...{ random, now },
    onApplied: (applied) => checker.applied(applied),
    onComputed: (computation) => checker.computed(computation),
  });
  defer(() => upstream.close());
  const environmentOf = (gateway: number) => ({
    ...{ REDIS_URL: redis.url(gateway), REDIS_PREFIX },
    UPSTREAM_PORT: String(upstream.port),
  });
  const onCrash = (name: string, words: string) => crashes.push(`${name} ended by itself:\n${words}`);
  const fleet = new Fleet({ size: options.gateways, program: build.gateway, environmentOf, disturbances, onCrash });
  defer(() => fleet.close());
  await Promise.all(Array.from({ length: fleet.size }, (_, gateway) => fleet.start(gateway)));
  await sleep(WARM_UP_MS);

  const client = new GraphqlClient(now);
  defer(() => client.close());
  const end = new AbortController();
  const { signal } = end;
  const begunAt = now();
  const onOperation = (operation: Operation) => checker.operation(operation);
  const work = Promise.all([
    runWorkload({ clients: options.clients, fleet, client, random, onOperation, signal }),
    runNemeses(options.nemeses, { redis, fleet, random }, { disturbances, signal }),
  ]);
  // One that fails ends the others.
  work.catch(() => end.abort());
  await untilOver(options, { checker, crashes, signal, now });
  const seconds = (now() - begunAt) / 1_000;
  end.abort();
  await work;
  checker.finish();
  return { checker, disturbances, seconds, crashes };
}

/** Private */
async function untilOver(
  { seconds, operations, violations, onProgress }: RunOptions,
  run: { checker: Checker; crashes: readonly string[]; signal: AbortSignal; now: () => number },
): Promise<void> {
  const { checker, crashes, signal, now } = run;
  const begunAt = now();
  for (let toldAt = begunAt; !signal.aborted && crashes.length === 0; await sleep(LOOK_MS)) {
    const passedMs = now() - begunAt;
    if (passedMs >= 1_000 * seconds || checker.operations >= operations) return;
    if (checker.violations.length >= violations) return;
    if (now() - toldAt < PROGRESS_MS) continue;
    toldAt = now();
    onProgress?.(checker, passedMs / 1_000);
  }
}
