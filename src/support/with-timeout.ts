import { systemTimers, type Timers } from './timers.js';

/** Something was not answered in time. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
  readonly code = 'TIMEOUT';
}

/**
 * The promise, or a {@link TimeoutError} after `ms`. A timer alone would blame the other side for our own delay: after a long
 * computation timers run before sockets are read, so one more turn of the event loop is given to an answer that has arrived already.
 */
export function withTimeout<T>(promise: Promise<T>, ms: number, timers: Timers = systemTimers): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => setImmediate(() => reject(new TimeoutError(`no answer in ${ms} ms`))));
    promise.then(resolve, reject).finally(cancel);
  });
}
