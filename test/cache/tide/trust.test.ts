import { beforeEach, describe, expect, it } from 'vitest';
import { Trust } from '../../../src/cache/tide/trust.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('Trust', () => {
  let clock: ManualClock;
  let told: [trusted: boolean, reason: string | undefined][];
  let trust: Trust;

  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    trust = new Trust({ clock, onChange: (trusted, reason) => told.push([trusted, reason]) });
  });

  const give = (connection = 'c') => trust.give(connection, clock.monotonic());

  it('is not there before a hold was answered, and says why', () => {
    expect(trust.has('c')).toBe(false);
    expect(trust.has(undefined)).toBe(false);
    expect([trust.isGiven, trust.state, trust.reason, told]).toEqual([false, 'OPEN', 'not connected yet', []]);
  });

  it('lasts a second from the sending of the hold', () => {
    const sentAt = clock.monotonic();
    clock.advance(400);
    trust.give('c', sentAt);
    clock.advance(599);
    expect(trust.has('c')).toBe(true);
    clock.advance(1);
    expect(trust.has('c')).toBe(false);
  });

  it('is still given where it is over only because nobody asked in time: nothing failed', () => {
    give();
    clock.advance(30_000);
    expect([trust.has('c'), trust.isGiven, trust.state]).toEqual([false, true, 'CLOSED']);
  });

  it('is of the connection that answered, and of no other', () => {
    give('first');
    expect([trust.has('first'), trust.has('second'), trust.has(undefined)]).toEqual([true, false, false]);
    give('second');
    expect([trust.has('first'), trust.has('second')]).toEqual([false, true]);
  });

  it('ends with the fifth failure within a second', () => {
    give();
    for (let failures = 1; failures < 5; failures += 1) {
      trust.countFailure('slow');
      clock.advance(200);
    }
    expect(trust.state).toBe('CLOSED');
    trust.countFailure('too slow');
    expect([trust.has('c'), trust.state, trust.reason]).toEqual([false, 'OPEN', 'too slow']);
  });

  it('outlives failures that are further apart', () => {
    give();
    for (let failures = 0; failures < 20; failures += 1) {
      trust.countFailure('slow');
      clock.advance(250);
    }
    expect(trust.state).toBe('CLOSED');
  });

  it('does not count the failures that ended it a second time', () => {
    give();
    for (let failures = 0; failures < 5; failures += 1) trust.countFailure('slow');
    give();
    trust.countFailure('slow');
    expect([trust.has('c'), trust.state, trust.reason]).toEqual([true, 'CLOSED', undefined]);
  });

  it('is half open while a hold is under way, unless it is given', () => {
    trust.isProbing = true;
    expect(trust.state).toBe('HALF_OPEN');
    give();
    expect(trust.state).toBe('CLOSED');
    trust.end('lost');
    expect(trust.state).toBe('HALF_OPEN');
    trust.isProbing = false;
    expect(trust.state).toBe('OPEN');
  });

  it('tells each change once, and also of a Redis that was never there', () => {
    trust.end('refused');
    trust.end('refused again');
    give();
    give();
    trust.end('lost');
    trust.end('lost again');
    expect(told).toEqual([
      [false, 'refused'],
      [true, undefined],
      [false, 'lost'],
    ]);
    expect(trust.reason).toBe('lost again');
  });

  it('counts how often it was given anew, which tells one time without it from another', () => {
    expect(trust.timesGiven).toBe(0);
    for (const reason of ['lost', 'lost again']) {
      give();
      give();
      trust.end(reason);
    }
    expect(trust.timesGiven).toBe(2);
  });
});
