import { beforeEach, describe, expect, it } from 'vitest';
import { Lease, LEASE_MS, momentOf } from '../../../src/cache/tide/lease.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('Lease', () => {
  let clock: ManualClock;
  let lease: Lease;

  beforeEach(() => {
    clock = new ManualClock();
    lease = new Lease(clock);
  });

  it('is held for 900 ms, and not before it is granted', () => {
    expect(lease.isHeld).toBe(false);
    lease.grant(momentOf(clock));
    expect(lease.isHeld).toBe(true);
    clock.advance(LEASE_MS - 1);
    expect(lease.isHeld).toBe(true);
    clock.advance(1);
    expect(lease.isHeld).toBe(false);
  });

  it('counts from the sending of the hold, however late the answer came', () => {
    const sentAt = momentOf(clock);
    clock.advance(500);
    lease.grant(sentAt);
    clock.advance(399);
    expect(lease.isHeld).toBe(true);
    clock.advance(1);
    expect(lease.isHeld).toBe(false);
  });

  it('is over when the wall clock says so, while the monotonic one stood still as the machine slept', () => {
    lease.grant(momentOf(clock));
    clock.setWall(clock.now() + LEASE_MS);
    expect(lease.isHeld).toBe(false);
  });

  it('is over when the wall clock was set back, which then tells nothing', () => {
    lease.grant(momentOf(clock));
    clock.setWall(clock.now() - 1);
    expect(lease.isHeld).toBe(false);
  });

  it('is over when the monotonic clock says so, however little the wall clock went on', () => {
    lease.grant(momentOf(clock));
    const wall = clock.now();
    clock.advance(LEASE_MS);
    clock.setWall(wall + 1);
    expect(lease.isHeld).toBe(false);
  });

  it('begins again with each grant', () => {
    lease.grant(momentOf(clock));
    clock.advance(LEASE_MS - 1);
    lease.grant(momentOf(clock));
    clock.advance(LEASE_MS - 1);
    expect(lease.isHeld).toBe(true);
  });

  it('can be given up', () => {
    lease.grant(momentOf(clock));
    lease.end();
    expect(lease.isHeld).toBe(false);
  });
});
