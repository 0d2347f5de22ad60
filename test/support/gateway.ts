import { composeGateway } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import type { MarketData } from '../../src/market/market-data.js';
import { createLogger } from '../../src/support/logger.js';
import { createClient, type Client } from './client.js';

/** A whole gateway in this process, as its clients see it: over a real socket. */
export interface TestGateway extends Client {
  /** Its source, so that a test can count what is asked of it. */
  readonly market: MarketData;
  /**
   * Once the database is open, which takes some seconds. What needs it, such as a sign-in, waits by itself: await this only where the
   * waiting would be measured, or count as slow.
   */
  readonly opened: Promise<void>;
  /** The token of a new session; the demo accounts are there unless DEMO is off. */
  signIn(email: string, password: string): Promise<string>;
  close(): Promise<void>;
}

/** What a gateway of the tests has where a test says nothing: no files, no fixed port, no log. */
const DEFAULTS = { PORT: '0', DATA_DIR: 'memory', LOG_LEVEL: 'silent' };

/** Composes and starts a gateway as main.ts does; `env` as in CONTRACT.md, Environment. */
export async function startGateway(env: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  const config = readConfig({ ...DEFAULTS, ...env });
  const { url, market, opened, close } = await composeGateway(config, createLogger(config.logLevel));
  const client = createClient(url);
  return { ...client, market, opened, close, signIn: (email, password) => signIn(client, email, password) };
}

const LOGIN = 'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }';

/** Private */
async function signIn(client: Client, email: string, password: string): Promise<string> {
  const { body } = await client.query<{ login: { token: string } }>(LOGIN, { email, password });
  if (!body.data) throw new Error(`${email} could not sign in: ${JSON.stringify(body.errors)}`);
  return body.data.login.token;
}
