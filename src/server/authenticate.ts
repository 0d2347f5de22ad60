import { hashToken } from '../accounts/sessions.js';
import type { Repositories } from '../accounts/repositories.js';
import type { Cache, PolicyOptions } from '../cache/index.js';
import type { SignedIn } from '../schema/index.js';

/** Who sends a request. `rejected`: it sent a token that is wrong, expired or revoked, and is told so. */
export interface Authentication {
  readonly viewer: SignedIn | undefined;
  readonly rejected: boolean;
}

/** Who a token belongs to: looked up first, and gone with the raise that ends the session. */
const sessionPolicy: PolicyOptions<SignedIn | null> = {
  name: 'session',
  ttl: '60s',
  ttlName: 'SESSION',
  scope: 'PRIVATE',
  origin: 'database',
  // A token that nobody has is not kept: whoever makes them up would fill the cache.
  until: (viewer, clock) => (viewer ? viewer.session.expiresAt.getTime() - clock.now() : 0),
  tags: [],
  resultTags: (viewer) => (viewer ? [`session:${viewer.session.id}`, `account:${viewer.id}`] : []),
};

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i;

export interface AuthenticateOptions {
  readonly cache: Cache;
  readonly database: () => Promise<Repositories>;
}

/** Reads the header Authorization (RFC 6750, section 2.1). None at all is anonymous. */
export async function authenticate(
  header: string | undefined,
  { cache, database }: AuthenticateOptions,
): Promise<Authentication> {
  if (header === undefined) return { viewer: undefined, rejected: false };
  const token = BEARER.exec(header.trim())?.[1];
  if (token === undefined) return { viewer: undefined, rejected: true };
  const { sessions } = await database();
  const tokenHash = hashToken(token);
  const find = async (): Promise<(SignedIn | null)[]> => {
    const found = await sessions.findByTokenHash(tokenHash);
    if (!found) return [null];
    // Here and not at every hit: to the minute is enough, and a hit asks no database.
    await sessions.touch(found.session);
    return [{ ...found.account, session: found.session }];
  };
  const { value: viewer } = await cache.load(sessionPolicy, { tokenHash }, find, { viewer: tokenHash });
  if (!viewer) return { viewer: undefined, rejected: true };
  return { viewer, rejected: false };
}
