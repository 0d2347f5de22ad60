import { systemClock, type Clock } from '../../src/support/clock.js';

/** The machine's clock, its wall time wrong by what the nemesis says. */
export class SkewedClock implements Clock {
  skewMs = 0;

  now(): number {
    return systemClock.now() + this.skewMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }
}
