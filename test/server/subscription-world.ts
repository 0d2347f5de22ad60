import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { GatewayError } from '../../src/support/gateway-error.js';
import { createDeferred } from '../../src/support/deferred.js';
import { openEventStream } from '../support/event-stream.js';
import type { GraphqlAnswer } from '../support/client.js';
import { connectWebsocket } from '../support/websocket-client.js';
import { openServer, SCHEMA, type ServerWorld, type ServerWorldOptions } from './server-world.js';

export const SECRET = 'postgres://tidemark:hunter2@db.internal:5432/tidemark';

type Outcome = Promise<IteratorResult<number, undefined>>;

/** Events that a test sends to a subscription. */
export class Feed implements AsyncIterableIterator<number, undefined> {
  readonly #outcomes: (() => Outcome)[] = [];
  readonly #returned = createDeferred();
  #waiting: ((outcome: Outcome) => void) | undefined;
  /** How often an event was asked for. */
  asked = 0;
  /** Resolves once nobody wants more. */
  readonly returned = this.#returned.promise;

  next(): Outcome {
    this.asked++;
    return this.#outcomes.shift()?.() ?? new Promise((resolve) => (this.#waiting = resolve));
  }

  /** As of a source that is busy, what was asked for stays unanswered. */
  async return(): Outcome {
    this.#returned.resolve();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  send(value: number): void {
    this.#tell(() => Promise.resolve({ done: false, value }));
  }

  end(): void {
    this.#tell(() => Promise.resolve({ done: true, value: undefined }));
  }

  fail(reason: unknown): void {
    this.#tell(async () => {
      throw reason;
    });
  }

  #tell(outcome: () => Outcome): void {
    if (!this.#waiting) return void this.#outcomes.push(outcome);
    this.#waiting(outcome());
    this.#waiting = undefined;
  }
}

export interface SubscriptionWorld extends ServerWorld {
  /** Those of the subscriptions that were begun, in their order; a new one once it is. */
  readonly feeds: readonly Feed[];
  /** Of the only one, once there is one. */
  feed(): Promise<Feed>;
}

export interface SubscriptionWorldOptions extends ServerWorldOptions {
  /** What a subscription waits for before it begins. */
  readonly gate?: Promise<void>;
}

/** A server whose subscription `ticks` tells the numbers that its feed is sent, with all that can be queried beside each. */
export async function openSubscriptionServer(options: SubscriptionWorldOptions = {}): Promise<SubscriptionWorld> {
  const feeds: Feed[] = [];
  let onFeed = () => {};
  const schema = withTicks(async () => {
    await options.gate;
    const feed = new Feed();
    feeds.push(feed);
    onFeed();
    return feed;
  });
  const world = await openServer({ ...options, schema });
  const feed = () =>
    new Promise<Feed>((resolve) => {
      onFeed = () => {
        if (feeds[0]) resolve(feeds[0]);
      };
      onFeed();
    });
  return { ...world, feeds, feed };
}

/** A running subscription as its client sees it. */
export interface Subscriber {
  /** The next result; undefined once the subscription has ended. What is refused is a result too. */
  next(): Promise<GraphqlAnswer | undefined>;
  /** Ends the subscription. */
  leave(): void;
}

export type Subscribe = (url: string, query: string, authorization?: string) => Promise<Subscriber>;

export const subscribeByWebsocket: Subscribe = async (url, query, Authorization) => {
  const client = await connectWebsocket(url, Authorization === undefined ? {} : { Authorization });
  client.send({ id: 'a', type: 'subscribe', payload: { query } });
  let hasEnded = false;
  return {
    leave: () => client.send({ id: 'a', type: 'complete' }),
    next: async () => {
      if (hasEnded) return undefined;
      const { type, payload } = await client.next();
      hasEnded = type !== 'next';
      if (type === 'error') return { errors: payload } as GraphqlAnswer;
      return type === 'next' ? (payload as GraphqlAnswer) : undefined;
    },
  };
};

export const subscribeByEventStream: Subscribe = async (url, query, Authorization) => {
  const stream = await openEventStream(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(Authorization === undefined ? {} : { Authorization }) },
    body: JSON.stringify({ query }),
  });
  return {
    leave: () => stream.abort(),
    next: async () => {
      for (;;) {
        const event = await stream.next();
        if (event?.name === 'next') return JSON.parse(event.data) as GraphqlAnswer;
        // Comments keep the connection open.
        if (event === undefined || event.name === 'complete') return undefined;
      }
    },
  };
};

/** Private: the gateway's schema with subscriptions of a test. */
function withTicks(subscribe: () => Promise<Feed>): GraphQLSchema {
  const config = SCHEMA.toConfig();
  const Tick = new GraphQLObjectType<number>({
    name: 'Tick',
    fields: {
      number: { type: new GraphQLNonNull(GraphQLInt), resolve: (number) => number },
      query: { type: new GraphQLNonNull(SCHEMA.getQueryType() ?? GraphQLInt), resolve: () => ({}) },
      text: { type: GraphQLString, resolve: () => 'x'.repeat(500_000) },
      failing: { type: GraphQLInt, resolve: () => Promise.reject(new Error(SECRET)) },
    },
  });
  const type = new GraphQLNonNull(Tick);
  const resolve = (number: number) => number;
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      ticks: { type, resolve, subscribe, args: { last: { type: GraphQLInt } } },
      refused: {
        type,
        resolve,
        subscribe: () => {
          throw new GatewayError('NOT_FOUND', 'There are no such ticks.', { argument: 'symbol' });
        },
      },
      broken: { type, resolve, subscribe: () => Promise.reject(new Error(SECRET)) },
    },
  });
  const types = config.types.filter(({ name }) => name !== subscription.name);
  return new GraphQLSchema({ ...config, types, subscription });
}
