import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFileSync } from 'node:fs';
import { GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFrontend } from '../../examples/frontend.js';
import { OwnWatchlistsDocument } from '../generated/documents.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

describe('examples/frontend.ts', () => {
  let gateway: TestGateway;
  const lines: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway();
    await runFrontend(`${gateway.url}/graphql`, (line) => lines.push(line));
  });
  afterAll(() => gateway.close());

  it('signs in as the demo trader', () => {
    expect(lines[0]).toBe('Signed in as trader@demo.local, AUTHENTICATED');
  });

  it('shows the overview, computed at the first time', () => {
    expect(lines[1]).toMatch(/^Overview of 15 pairs: MISS, [\d.]+ s old, fresh for \d+ s$/);
    const pairs = lines.filter((line) =>
      /^ {2}\S+-USD \d+(\.\d+)? \(-?\d+\.\d\d %\) (UP|DOWN|SIDEWAYS|UNKNOWN)$/.test(line),
    );
    expect(pairs).toHaveLength(15);
  });

  it('shows at once what it added to a watchlist that was cached', () => {
    expect(shown('Watchlist')).toEqual([
      'Watchlist as it was made: BTC-USD: MISS',
      'Watchlist read again: BTC-USD: HIT',
      'Watchlist right after ETH-USD was added: BTC-USD, ETH-USD: MISS',
    ]);
  });

  it('forces an analysis that the overview had left in the cache', () => {
    const statuses = shown('Analysis').map((line) => line.replace(/(UP|DOWN|SIDEWAYS|UNKNOWN): /, ''));
    expect(statuses).toEqual([
      'Analysis of BTC-USD: HIT',
      'Analysis of BTC-USD, forced: REFRESHED',
      'Analysis of BTC-USD: HIT',
    ]);
  });

  it('leaves the watchlists as it found them', async () => {
    const token = await gateway.signIn('trader@demo.local', 'trader');
    const client = new GraphQLClient(`${gateway.url}/graphql`, { headers: { Authorization: `Bearer ${token}` } });
    const { watchlists } = await client.request(OwnWatchlistsDocument);
    const majors = ['BTC-USD', 'ETH-USD', 'SOL-USD'].map((symbol) => ({ symbol }));
    expect(watchlists).toEqual([{ name: 'Majors', items: majors }]);
  });

  it('runs as a command', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      'examples/frontend.ts',
      `${gateway.url}/graphql`,
    ]);
    expect(stdout.split('\n')).toHaveLength(lines.length + 1);
    expect(stdout).toMatch(/^Signed in as trader@demo\.local/);
  });

  it('has types of the schema that the gateway serves', async () => {
    expect((await gateway.get('/schema.graphql')).text).toBe(readFileSync('schema.graphql', 'utf8'));
  });

  /** Private: the lines of a kind, up to the status. */
  function shown(kind: string): string[] {
    return lines.filter((line) => line.startsWith(kind)).map((line) => line.replace(/,( [\d.]+ s old).*$/, ''));
  }
});
