import { createClient, type Client } from '../../test/support/client.js';
import { startChild, type Child } from '../../test/support/child.js';
import { until } from './until.js';

/** A gateway as `npm start` runs it. */
export interface GatewayProcess extends Client, Pick<Child, 'pid' | 'kill' | 'stop'> {}

/** Its files are in memory and its port is free; `env` as in CONTRACT.md, Environment. Returns when the gateway is ready. */
export async function startGatewayProcess(env: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const child = startChild('dist/main.js', {
    env: { PORT: '0', DATA_DIR: 'memory', LOG_LEVEL: 'silent', GRAPHIQL: 'off', ...env },
    execArgv: [],
  });
  const [, url = ''] = await child.printed(/GraphQL\s+(http\S+)\/graphql/);
  const client = createClient(url);
  // Making the embedded database takes a core for seconds, which is not what is measured.
  await until(async () => (await client.get('/ready')).status === 200, 60_000);
  await until(async () => (await client.get('/health')).text.includes('"status":"healthy"'), 60_000);
  return { ...client, pid: child.pid, kill: child.kill, stop: child.stop };
}
