import type { ServerResponse } from 'node:http';
import type { Repositories } from '../accounts/repositories.js';
import { Provenance, type Cache } from '../cache/index.js';
import { CacheTrace } from '../field-cache/index.js';
import { createLoaders, type LoadersOptions } from '../loaders/loaders.js';
import type { GatewayContext } from '../schema/index.js';
import type { Clock } from '../support/clock.js';
import { authenticate } from './authenticate.js';
import type { Mask } from './mask-error.js';

/** What every request shares. */
export interface GatewayParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly market: GatewayContext['market'];
  readonly pool: LoadersOptions['pool'];
  readonly overviewSymbols: readonly string[];
  readonly database: () => Promise<Repositories>;
  readonly production: boolean;
  readonly mask: Mask;
}

/** What of an operation's headers is looked at. A WebSocket's operations have them from their connection (websocket-connection.ts). */
export interface CallerHeaders {
  readonly authorization?: string | undefined;
  readonly 'user-agent'?: string | undefined;
  readonly 'x-cache-trace'?: string | readonly string[] | undefined;
}

/** What the server hands Yoga with an operation. */
export interface ServerContext {
  readonly req: { readonly headers: CallerHeaders };
  /** Of HTTP alone. */
  readonly res?: ServerResponse;
}

/** A resolver's context with what the server alone looks at. */
export interface RequestContext extends GatewayContext, Pick<ServerContext, 'req'> {
  /** A token was sent and is not good. */
  readonly rejected: boolean;
  /** The caller asked for `extensions.cache`, and may have it. */
  readonly traceWanted: boolean;
}

/** The context of one request: who asks is found first, then its loaders are made. */
export async function createRequestContext(
  { req }: ServerContext,
  { cache, clock, market, pool, overviewSymbols, database, production, mask }: GatewayParts,
): Promise<RequestContext> {
  const { viewer, rejected } = await authenticate(req.headers.authorization, { cache, database });
  const provenance = new Provenance();
  return {
    req,
    cache,
    provenance,
    trace: new CacheTrace(),
    traceWanted: req.headers['x-cache-trace'] === '1' && (!production || viewer?.tier === 'ADMIN'),
    loaders: createLoaders({ cache, clock, market, pool, provenance }),
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
