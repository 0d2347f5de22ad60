import { Redis } from 'ioredis';

/**
 * A connection on which a request never waits long: a command that Redis does not answer in `timeoutMs` fails, one that finds no
 * connection fails at once, and none is ever sent a second time. It reconnects by itself, for ever.
 */
export function connectRedis(url: string, timeoutMs: number): Redis {
  return new Redis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
  });
}
