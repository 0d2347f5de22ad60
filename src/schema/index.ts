import './scalars.js';
import './market.js';
import './instrument.js';
import './price.js';
import './candle.js';
import './order-book.js';
import './indicators.js';
import './analysis.js';
import './overview.js';
import './signals.js';
import './prediction.js';
import './strategy.js';
import './backtest.js';
import './backtest-batch.js';
import './backtest-batch-progress.js';
import './viewer.js';
import './watchlist.js';
import './cache-stats.js';
import './cache-health.js';
import './cache-clearance.js';
import type { GraphQLSchema } from 'graphql';
import { specifiedDirectives } from 'graphql';
import type { TtlOverrides } from '../cache/index.js';
import { cacheControlDirective, cacheTagDirective } from '../field-cache/index.js';
import { builder } from './builder.js';

/**
 * The whole schema, its printed policies as they are in force. In the order of the source, which the imports above fix: open, high, low,
 * close say more than close, high, low, open.
 */
export function buildSchema(ttlOverrides: TtlOverrides = {}): GraphQLSchema {
  return builder.toSchema({
    directives: [...specifiedDirectives, cacheControlDirective, cacheTagDirective],
    sortSchema: false,
    ttlOverrides,
  });
}

export type { GatewayContext, SignedIn } from './context.js';
