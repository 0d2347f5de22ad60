import { composeGateway, type Gateway } from './compose.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { createLogger } from './support/logger.js';
import { toError } from './support/to-error.js';

/** A terminal's Ctrl-C reaches npm and us, and npm may send it on: what comes twice within a second is one. */
const ONE_SIGNAL_MS = 1_000;
const CLOSE_MS = 12_000;

await main();

async function main(): Promise<void> {
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error.message);
  }
  const logger = createLogger(config.logLevel);
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a rejection was not handled'));
  let gateway: Gateway;
  try {
    gateway = await composeGateway(config, logger);
  } catch (error) {
    return fail(`Tidemark could not start: ${toError(error).message}`);
  }
  onSignal((signal) => {
    logger.info({ signal }, 'closing');
    // Requests have 10 s; a database that is being made for the first time is not waited for: it is begun anew at the next start.
    setTimeout(() => process.exit(), CLOSE_MS).unref();
    gateway.close().then(
      () => process.exit(),
      (error: unknown) => {
        fail(`Tidemark could not close in good order: ${toError(error).message}`);
        process.exit();
      },
    );
  });
  process.stdout.write(greeting(gateway, config));
  gateway.opened.then(
    () => logger.info('the database is open: ready'),
    async (error: unknown) => {
      fail(`Tidemark could not open its database: ${toError(error).message}`);
      await gateway.close();
      process.exit();
    },
  );
}

/** Private */
function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** Private: the first signal closes; one that comes later than a second after it does not wait. */
function onSignal(close: (signal: string) => void): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        close(signal);
      } else if (now - first > ONE_SIGNAL_MS) process.exit(1);
    });
  }
}

/** Private: what somebody who has just started it wants to know. */
function greeting({ url, market, timeframe, signIns }: Gateway, { graphiql }: Config): string {
  const query = `{ overview(timeframe: ${timeframe}) { breadth { up down sideways } pairs { symbol price } cache { status } } }`;
  return [
    '',
    `  Tidemark on ${market.source} candles`,
    '',
    `  GraphQL    ${url}/graphql${graphiql ? '   (GraphiQL in a browser)' : ''}`,
    `  Schema     ${url}/schema.graphql`,
    `  Health     ${url}/health`,
    ...(signIns.length > 0
      ? [`  Sign in    ${signIns.map(({ email, password }) => `${email} / ${password}`).join('   ')}`]
      : []),
    '',
    '  A first query:',
    `    curl -s ${url}/graphql -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`,
    '',
    '',
  ].join('\n');
}
