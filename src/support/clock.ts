/** Time as a parameter: whoever asks for it is handed one, so that a test can drive it. */
export interface Clock {
  /** Wall time, in milliseconds since the Unix epoch. For what is shown and for candles. */
  now(): number;
  /** Milliseconds that never jump back. For durations, leases and ages. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
