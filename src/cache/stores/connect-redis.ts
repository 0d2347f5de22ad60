import { Redis } from 'ioredis';

/**
 * A connection that never holds a command back: one that finds no connection fails at once, and none is ever sent a second time. How
 * long an answer is waited for is its user's matter. It reconnects by itself, for ever.
 */
export function connectRedis(url: string): Redis {
  return new Redis(url, {
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
  });
}
