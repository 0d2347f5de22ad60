import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { ExecutionResult } from 'graphql';
import { Cache, connectRedis, createRedisStore, Namespaces } from '../../src/cache/index.js';
import { answerGraphql } from '../../src/server/graphql-endpoint.js';
import { systemTimers } from '../../src/support/timers.js';
import { buildConsistencySchema, createConsistencyContext, type ConsistencyContext } from './gateway-schema.js';
import { HttpClient } from './http-client.js';
import { SkewedClock } from './skewed-clock.js';
import { Trust } from './trust.js';
import type { UpstreamAnswer, UpstreamQuestion } from './upstream.js';

/** What the coordinator tells a gateway: by how much its wall clock is wrong. */
export interface SkewMessage {
  readonly skewMs: number;
}

/** What a gateway tells the coordinator, once. */
export interface ListeningMessage {
  readonly port: number;
}

/** `extensions.cache` of every answer. */
export interface ConsistencyExtension {
  /** Redis was not believed at some moment of the request. */
  readonly alone: boolean;
  readonly pending: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly status: string;
    readonly layer: string | null;
    readonly kept: boolean;
  }[];
}

const UPSTREAM_TIMEOUT_MS = 4_000;

if (process.send) await serve();

/** A gateway under test, as a process of its own: the engine, the field cache and Yoga, over the registers of the coordinator. */
async function serve(): Promise<void> {
  const { GATEWAY = '', REDIS_URL = '', REDIS_PREFIX = '', UPSTREAM_PORT = '' } = process.env;
  const clock = new SkewedClock();
  process.on('message', ({ skewMs }: SkewMessage) => (clock.skewMs = skewMs));
  process.on('disconnect', () => process.exit());

  const trust = new Trust();
  const namespaces = new Namespaces();
  namespaces.set('api', 'consistency');
  const store = createRedisStore({
    link: connectRedis({ urls: [REDIS_URL], timeoutMs: 100 }),
    clock,
    timers: systemTimers,
    maxBytes: 16 * 1_048_576,
    prefix: REDIS_PREFIX,
    onTrust: () => (trust.changes += 1),
  });
  trust.isAway = () => !store.health().available;
  const cache = new Cache({ store, clock, namespaces });

  const http = new HttpClient();
  const ask = async (question: Omit<UpstreamQuestion, 'gateway'>): Promise<readonly number[]> => {
    const body = JSON.stringify({ ...question, gateway: GATEWAY });
    const answer = await http.post(Number(UPSTREAM_PORT), '/', body, {}, UPSTREAM_TIMEOUT_MS);
    return (JSON.parse(answer) as UpstreamAnswer).versions;
  };
  const yoga = createYoga<object, ConsistencyContext>({
    schema: buildConsistencySchema(),
    context: ({ request }) =>
      createConsistencyContext(cache, {
        viewer: request.headers.get('x-viewer') ?? undefined,
        read: (read) => ask({ read }),
        write: async (write) => (await ask({ write }))[0] ?? NaN,
      }),
    plugins: [useExtension(trust)],
    maskedErrors: false,
    logging: false,
    graphiql: false,
  });
  const server = createServer((request, response) => {
    answerGraphql(request, response, new URLSearchParams(), { graphql: yoga, graphiql: undefined }).catch(
      (error: unknown) => response.destroy(error as Error),
    );
  });
  // The coordinator alone ends connections: one that was closed for idleness would look like a failure.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const listening: ListeningMessage = { port: (server.address() as AddressInfo).port };
    process.send?.(listening);
  });
}

/** Private */
function useExtension(trust: Trust): Plugin<ConsistencyContext> {
  return {
    onExecute({ args }) {
      const { trace } = args.contextValue as ConsistencyContext;
      const wasAlone = trust.watch();
      return {
        onExecuteDone({ result, setResult }) {
          const cache: ConsistencyExtension = {
            alone: wasAlone(),
            pending: trace.invalidationPending,
            fields: trace.fields.map(({ path, info: { status, layer, ttlMs } }) => ({
              ...{ name: path.join('.'), status, layer },
              kept: ttlMs > 0,
            })),
          };
          setResult({ ...(result as ExecutionResult), extensions: { cache } });
        },
      };
    },
  };
}
