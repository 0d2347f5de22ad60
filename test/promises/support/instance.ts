/** A process with the engine in it. REDIS_URL, REDIS_CLUSTER and PREFIX say where its Redis is, UPSTREAM what it computes from. */
import { Cache } from '../../../src/cache/index.js';
import { systemClock } from '../../../src/support/clock.js';
import { serveCalls } from '../../support/serve-calls.js';
import { openNamespaces, policyOf } from '../../cache/cache-world.js';
import { openLinkAndStore } from './open-link-and-store.js';
import { SharedUpstream } from './shared-upstream.js';

const { REDIS_URL = '', REDIS_CLUSTER, PREFIX = '', UPSTREAM = '' } = process.env;
const { store, isConnected } = openLinkAndStore({
  url: REDIS_URL,
  isCluster: REDIS_CLUSTER === 'true',
  prefix: PREFIX,
  timeoutMs: 1_000,
  clock: systemClock,
});
const cache = new Cache({ store, clock: systemClock, namespaces: openNamespaces(), random: () => 1 });
const upstream = new SharedUpstream(UPSTREAM);

/** What one of several reads was answered. */
export interface Read {
  readonly value: number;
  readonly status: string;
}

const functions = {
  isLeased: () => isConnected() && store.health().leased,

  async read(count: number): Promise<readonly Read[]> {
    const loading = Array.from({ length: count }, () => cache.load(policyOf(), { id: 'a' }, upstream.compute));
    return (await Promise.all(loading)).map(({ value, info }) => ({ value, status: info.status }));
  },
};

/** What the process can be called for. */
export type InstanceFunctions = typeof functions;

serveCalls(functions);
