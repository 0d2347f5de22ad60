import type { Redis, RedisOptions } from 'ioredis';
import { Connection } from './connection.js';
import type { RedisListener } from './redis-link.js';
import type { RedisTarget } from './redis-target.js';

/** Channels that are listened to on a connection of their own. */
export class Subscription {
  readonly #connection: Connection;
  readonly #channels: readonly string[];
  readonly #listener: RedisListener;
  #target: RedisOptions = {};
  /** The one that is subscribed. */
  #redis: Redis | undefined;

  constructor(target: RedisTarget, channels: readonly string[], listener: RedisListener) {
    this.#channels = channels;
    this.#listener = listener;
    this.#connection = new Connection({
      target: () => (this.#target = target()),
      prepare: (redis) => this.#subscribe(redis),
      onReady: () => listener.onState(true),
      onLost: () => this.#lost(),
    });
  }

  /** Moves to another server where `hearsAll` says so of the present one. */
  review(hearsAll: (target: RedisOptions) => boolean): void {
    if (!hearsAll(this.#target)) this.#connection.renew('the server is no master of the cluster');
  }

  close(): void {
    this.#redis = undefined;
    this.#connection.close();
  }

  async #subscribe(redis: Redis): Promise<void> {
    redis.on('message', (channel: string, text: string) => {
      // One that was given up may still have something to say.
      if (redis === this.#redis) this.#listener.onMessage(channel, text);
    });
    await redis.subscribe(...this.#channels);
    this.#redis = redis;
  }

  #lost(): void {
    const wasSubscribed = this.#redis !== undefined;
    this.#redis = undefined;
    if (wasSubscribed) this.#listener.onState(false);
  }
}
