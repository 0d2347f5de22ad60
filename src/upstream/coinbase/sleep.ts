import { setTimeout as delay } from 'node:timers/promises';

/** Waiting as a parameter, beside the clock: resolves after `ms`, rejects when `signal` aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export const systemSleep: Sleep = (ms, signal) => delay(ms, undefined, signal ? { signal } : {});
