import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Client } from './support/client.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** Upstream calls take that long, so that a signal finds a request running. */
const LATENCY_MS = 500;
const BOOK = '{ orderBook(symbol: "BTC-USD") { symbol } }';

/** A process of the gateway. What it is told of its environment is all that it knows. */
interface GatewayProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Of both streams, up to now. */
  output(): { readonly out: string; readonly err: string };
  /** Once it has printed a text that matches: the match. Rejects where it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Once it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

let folder: string;
const processes: GatewayProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-main-'));
});
afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Spawns what `npm start` runs; more arguments go to Node. */
function start(env: Readonly<Record<string, string>>, nodeArguments: readonly string[] = []): GatewayProcess {
  const environment = { PATH: process.env['PATH'], PORT: '0', DATA_DIR: join(folder, 'data'), ...env };
  const child = spawn(process.execPath, ['--import', 'tsx', ...nodeArguments, MAIN], { env: environment });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (data: string) => (out += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (err += data));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(out);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      void ended.then(({ code }) => reject(new Error(`It ended with ${code}, out: ${out}, err: ${err}`)));
      look();
    });
  const started = { child, printed, ended, output: () => ({ out, err }) };
  processes.push(started);
  return started;
}

/** A gateway that serves, its database too. */
async function startReady(env: Readonly<Record<string, string>> = {}, nodeArguments: readonly string[] = []) {
  const started = start({ MARKET_LATENCY_MS: String(LATENCY_MS), ...env }, nodeArguments);
  const [, url = ''] = await started.printed(/GraphQL +(http:\S+)\/graphql/);
  await started.printed(/"msg":"the database is open: ready"/);
  return { ...started, ...createClient(url) };
}

/** A request that is running by then: what was sent after it is answered. */
async function sendSlowly(gateway: Client) {
  const answer = gateway.query(BOOK);
  await gateway.get('/ready');
  return { answer };
}

describe('The process', { timeout: 60_000 }, () => {
  it('prints its URLs, the sign-ins of the demo and a first query that works', async () => {
    const gateway = await startReady();
    const { out } = gateway.output();
    for (const path of ['/graphql', '/schema.graphql', '/health']) expect(out).toContain(`${gateway.url}${path}`);
    expect(out).toContain('trader@demo.local / trader');
    const [, body = ''] = /curl .+ -d '(.+)'/.exec(out) ?? [];
    const headers = { 'Content-Type': 'application/json' };
    const answer = await gateway.send('/graphql', { method: 'POST', headers, body });
    expect(answer.body).toMatchObject({ data: { overview: { cache: { status: 'MISS' } } } });
    expect(await gateway.get('/ready')).toMatchObject({ status: 200 });
    expect(await gateway.get('/health')).toMatchObject({ status: 200 });
  });

  it('finishes what runs at SIGTERM, and ends with 0', async () => {
    const gateway = await startReady();
    const { answer } = await sendSlowly(gateway);
    gateway.child.kill('SIGTERM');
    expect(await answer).toMatchObject({ status: 200, body: { data: { orderBook: { symbol: 'BTC-USD' } } } });
    expect(await gateway.ended).toMatchObject({ code: 0, err: '' });
  });

  it('takes SIGINT twice within a second, as from a terminal and from npm, as one', async () => {
    const gateway = await startReady();
    const { answer } = await sendSlowly(gateway);
    gateway.child.kill('SIGINT');
    await gateway.printed(/"msg":"closing"/);
    gateway.child.kill('SIGINT');
    expect(await answer).toMatchObject({ status: 200, body: { data: { orderBook: { symbol: 'BTC-USD' } } } });
    const { code, out } = await gateway.ended;
    expect([code, out.match(/"msg":"closing"/g)]).toEqual([0, ['"msg":"closing"']]);
  });

  it('goes on after a rejection that nobody handled, and has it in its log', async () => {
    const stray = "process.on('SIGUSR2',()=>{Promise.reject(new Error('stray'))})";
    const gateway = await startReady({}, ['--import', `data:text/javascript,${encodeURIComponent(stray)}`]);
    gateway.child.kill('SIGUSR2');
    await gateway.printed(/"msg":"a rejection was not handled"/);
    expect(gateway.output().out).toContain('"message":"stray"');
    expect((await gateway.query('{ market { source } }')).body).toEqual({ data: { market: { source: 'simulated' } } });
  });
});

describe('A process that cannot start', { timeout: 60_000 }, () => {
  it('for its environment ends with 1 and one message of all faults', async () => {
    const { code, out, err } = await start({ PORT: 'http', CACHE: 'maybe', REDIS_URL: 'me:hunter2@cache' }).ended;
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      'The environment has values that are not allowed:',
      '  PORT is a whole number from 0 to 65535, but got: http',
      expect.stringMatching(/^ {2}REDIS_URL is an address/),
      '  CACHE is on or off, but got: maybe',
    ]);
    expect(err).not.toContain('hunter2');
  });

  it('for its port ends with 1, says what to do, and has made nothing', async () => {
    const first = await startReady();
    const [port, dataDir] = [new URL(first.url).port, join(folder, 'never')];
    const { code, out, err } = await start({ PORT: port, DATA_DIR: dataDir }).ended;
    expect([code, out, err]).toEqual([
      1,
      '',
      `Tidemark could not start: Port ${port} of 127.0.0.1 is in use. Stop what listens there, or set PORT to another one.\n`,
    ]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('for a DATA_DIR that another one has ends with 1, says which, and leaves the other one alone', async () => {
    const first = await startReady();
    const { code, err } = await start({}).ended;
    expect(code).toBe(1);
    expect(err).toContain(
      `The embedded database in ${join(folder, 'data')} is in use by another process (pid ${first.child.pid}).`,
    );
    expect((await first.query('{ viewer { email } }')).body).toEqual({ data: { viewer: null } });
    expect(await first.get('/health')).toMatchObject({ status: 200 });
  });

  it('for a folder of candles that there is not ends with 1 and names it', async () => {
    const { code, err } = await start({ MARKET_SOURCE: 'csv:/no/such/folder' }).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^Tidemark could not start: .*\/no\/such\/folder/);
    expect(err).not.toMatch(/\n {4}at /);
  });
});
