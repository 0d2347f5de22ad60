import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { CacheTrace } from '../../src/field-cache/index.js';
import type { MarketData } from '../../src/market/market-data.js';
import { buildSchema, type GatewayContext } from '../../src/schema/index.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { createLoaderWorld } from '../loaders/loader-world.js';

type Variables = Readonly<Record<string, unknown>>;

const schema = buildSchema();

/** The schema over a recorded market and a recorded pool, without a server: midday of 15 January 2026. */
export function createBacktestWorld(alter?: (market: MarketData) => Partial<MarketData>) {
  const world = createLoaderWorld(alter);
  const { cache, provenance, market, clock } = world;
  const context = (): GatewayContext => ({
    ...{ cache, provenance, market, loaders: world.request(), trace: new CacheTrace() },
    ...{ viewer: undefined, overviewSymbols: [], userAgent: null, production: false, now: () => clock.now() },
    database: () => Promise.reject(new Error('Nobody asks the database.')),
    mask: (error) => (error instanceof GatewayError ? error : new GatewayError('INTERNAL', String(error))),
  });
  const query = (source: string, variableValues: Variables = {}) =>
    graphql({ schema, source, variableValues, contextValue: context() });
  return {
    ...world,
    /** What came, and the GatewayErrors of what did not. */
    ask: async (source: string, variables?: Variables) => {
      const { data, errors = [] } = await query(source, variables);
      return { data, errors: errors.map(({ originalError, message }) => originalError ?? message) };
    },
    /** The events of a subscription; an error where there is none. */
    follow: async (source: string, variableValues: Variables = {}): Promise<AsyncGenerator<ExecutionResult>> => {
      const events = await subscribe({ schema, document: parse(source), variableValues, contextValue: context() });
      if ('next' in events) return events;
      throw events.errors?.[0]?.originalError ?? new Error(JSON.stringify(events.errors));
    },
  };
}
