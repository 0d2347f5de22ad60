import type { IncomingMessage } from 'node:http';
import type { YogaInitialContext } from 'graphql-yoga';
import type { Repositories } from '../accounts/repositories.js';
import { Provenance, type Cache } from '../cache/index.js';
import { CacheTrace } from '../field-cache/index.js';
import { createLoaders } from '../loaders/loaders.js';
import type { GatewayContext } from '../schema/index.js';
import type { Clock } from '../support/clock.js';
import { authenticate } from './authenticate.js';
import type { Mask } from './mask-error.js';

/** What every request shares. */
export interface GatewayParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly market: GatewayContext['market'];
  readonly overviewSymbols: readonly string[];
  readonly database: () => Promise<Repositories>;
  readonly production: boolean;
  readonly mask: Mask;
}

/** A resolver's context with what the server alone looks at. */
export interface RequestContext extends GatewayContext {
  /** A token was sent and is not good. */
  readonly rejected: boolean;
  /** The caller asked for `extensions.cache`, and may have it. */
  readonly traceWanted: boolean;
}

/** The context of one request: who asks is found first, then its loaders are made. */
export async function createRequestContext(
  { req }: YogaInitialContext & { readonly req: IncomingMessage },
  { cache, clock, market, overviewSymbols, database, production, mask }: GatewayParts,
): Promise<RequestContext> {
  const { viewer, rejected } = await authenticate(req.headers.authorization, { cache, database });
  const provenance = new Provenance();
  return {
    cache,
    provenance,
    trace: new CacheTrace(),
    traceWanted: req.headers['x-cache-trace'] === '1' && (!production || viewer?.tier === 'ADMIN'),
    loaders: createLoaders({ cache, market, provenance }),
    viewer,
    rejected,
    market,
    overviewSymbols,
    userAgent: req.headers['user-agent'] ?? null,
    production,
    database,
    now: () => clock.now(),
    mask,
  };
}
