import type { Store } from '../cache/index.js';

export interface Health {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly checks: Readonly<Record<string, Check>>;
}

interface Check {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly message?: string;
  readonly latencyMs?: number;
}

export interface HealthSources {
  readonly store: Store;
  readonly marketFaults: () => readonly string[];
  /** Rejects where the database is gone; undefined while it is still opening. */
  readonly pingDatabase: (() => Promise<void>) | undefined;
  readonly loopDelayMs: () => number;
}

const DATABASE_TIMEOUT_MS = 2_000;
const BLOCKED_MS = 1_000;

/** Redis away or the upstream failing is degraded: everything is still answered. The database gone or the loop blocked is not. */
export async function checkHealth({ store, marketFaults, pingDatabase, loopDelayMs }: HealthSources): Promise<Health> {
  const checks = {
    cache: checkCache(store),
    market: checkMarket(marketFaults()),
    database: await checkDatabase(pingDatabase),
    eventLoop: checkLoop(loopDelayMs()),
  };
  const states = Object.values(checks).map(({ status }) => status);
  const status = states.includes('unhealthy') ? 'unhealthy' : states.includes('degraded') ? 'degraded' : 'healthy';
  return { status, checks };
}

/** Private */
function checkCache(store: Store): Check {
  const { available, latencyMs, message, pendingRaises } = store.health();
  if (!available)
    return { status: 'degraded', message: `${message ?? 'Redis is away'}; ${pendingRaises} invalidations pending` };
  return { status: 'healthy', ...(latencyMs === undefined ? {} : { latencyMs }) };
}

/** Private */
function checkMarket(faults: readonly string[]): Check {
  return faults.length === 0 ? { status: 'healthy' } : { status: 'degraded', message: faults.join('; ') };
}

/** Private */
async function checkDatabase(ping: HealthSources['pingDatabase']): Promise<Check> {
  if (!ping) return { status: 'degraded', message: 'The database is still opening.' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${DATABASE_TIMEOUT_MS} ms`)), DATABASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([ping(), late]);
    return { status: 'healthy' };
  } catch {
    // Why is in the log of whoever asked the database; its message may hold an address.
    return { status: 'unhealthy', message: 'The database does not answer.' };
  } finally {
    clearTimeout(timer);
  }
}

/** Private */
function checkLoop(delayMs: number): Check {
  if (delayMs < BLOCKED_MS) return { status: 'healthy' };
  return { status: 'unhealthy', message: `The event loop was blocked for ${Math.round(delayMs)} ms.` };
}
