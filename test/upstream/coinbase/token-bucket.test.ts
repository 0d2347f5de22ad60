import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/upstream/coinbase/token-bucket.js';
import { DrivenTime, turn } from './driven-time.js';

function setup() {
  const time = new DrivenTime(1_000_000);
  const bucket = new TokenBucket({ tokensPerSecond: 10, burst: 15, clock: time.clock, sleep: time.sleep });
  const served: string[] = [];
  const take = (name: string, signal?: AbortSignal) =>
    bucket.take(signal).then(
      () => void served.push(name),
      (error: Error) => void served.push(`${name}: ${error.message}`),
    );
  return { time, bucket, served, take };
}

function takeMany(take: (name: string) => Promise<void>, count: number, prefix = '') {
  for (let i = 1; i <= count; i++) void take(`${prefix}${i}`);
}

describe('TokenBucket', () => {
  it('serves a burst at once and then one every 100 ms, in the order they came', async () => {
    const { time, served, take } = setup();
    takeMany(take, 20);
    await turn();
    expect(served).toHaveLength(15);
    await time.advance(99);
    expect(served).toHaveLength(15);
    await time.advance(1);
    expect(served).toHaveLength(16);
    await time.advance(250);
    expect(served).toHaveLength(18);
    await time.advance(10_000);
    expect(served).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)));
  });

  it('saves up no more than a burst', async () => {
    const { time, served, take } = setup();
    takeMany(take, 15);
    await time.advance(3_600_000);
    takeMany(take, 20, 'later ');
    await turn();
    expect(served).toHaveLength(15 + 15);
  });

  it('counts parts of a token', async () => {
    const { time, served, take } = setup();
    takeMany(take, 15);
    await time.advance(60);
    void take('16');
    await time.advance(39);
    expect(served).toHaveLength(15);
    await time.advance(1);
    expect(served).toHaveLength(16);
  });

  it('lets nobody overtake those who wait', async () => {
    const { time, served, take } = setup();
    takeMany(take, 17);
    await time.advance(100);
    void take('late');
    await time.advance(200);
    expect(served.slice(15)).toEqual(['16', '17', 'late']);
  });

  it('gives nothing while paused and saves up nothing meanwhile', async () => {
    const { time, bucket, served, take } = setup();
    bucket.pause(2_000);
    takeMany(take, 3);
    await time.advance(2_000);
    expect(served).toEqual([]);
    await time.advance(100);
    expect(served).toEqual(['1']);
    await time.advance(200);
    expect(served).toEqual(['1', '2', '3']);
  });

  it('never shortens a pause', async () => {
    const { time, bucket, served, take } = setup();
    bucket.pause(2_000);
    bucket.pause(500);
    void take('1');
    await time.advance(1_999);
    expect(served).toEqual([]);
  });

  it('spends no token on who has gone', async () => {
    const { time, served, take } = setup();
    const gone = new AbortController();
    takeMany(take, 15);
    void take('gone', gone.signal);
    void take('16');
    gone.abort();
    await time.advance(100);
    expect(served.slice(15)).toEqual(['gone: Nobody waits for this call any more.', '16']);
  });

  it('rejects whoever waits and whoever comes once it is closed', async () => {
    const { bucket, served, take } = setup();
    takeMany(take, 16);
    await turn();
    bucket.close();
    await take('late');
    expect(served.slice(15)).toEqual(['16: The limiter is closed.', 'late: The limiter is closed.']);
  });
});
