import type { RedisOptions } from 'ioredis';
import type { Connection } from './connection.js';
import type { RefusedError } from './redis-link.js';

/** Which server has which key. */
export interface Topology {
  /** Undefined where nobody is known to have the key. It may not be ready. */
  connectionOf(key: string): Connection | undefined;
  /** As of RedisLink. */
  epochOf(key: string): string | undefined;
  /** Learns from a MOVED or ASK who has the key instead. Undefined for any other refusal. */
  redirect(refusal: RefusedError): Connection | undefined;
  /** Where to listen, asked at each attempt. */
  subscriberTarget(): RedisOptions;
  /** False where a listener there may no longer hear what is published. */
  hearsAll(target: RedisOptions): boolean;
  /** Told when epochs may have changed; one listener. */
  onChange(listener: () => void): void;
  status(): TopologyStatus;
  close(): void;
}

export interface TopologyStatus {
  /** Every server that has keys is connected. */
  readonly ready: boolean;
  readonly lastError: string | undefined;
}
