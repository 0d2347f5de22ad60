import { Connection } from './connection.js';
import type { RedisTarget } from './redis-target.js';
import type { Topology } from './topology.js';

/** One server that has all keys, and is found anew at each attempt to connect. */
export class SingleServer implements Topology {
  readonly #target: RedisTarget;
  readonly #connection: Connection;
  #changed: () => void = () => undefined;

  constructor(target: RedisTarget) {
    this.#target = target;
    const tell = () => this.#changed();
    this.#connection = new Connection({ target, onReady: tell, onLost: tell });
  }

  connectionOf(): Connection {
    return this.#connection;
  }

  epochOf(): string | undefined {
    return this.#connection.epoch;
  }

  redirect(): undefined {
    return undefined;
  }

  subscriberTarget() {
    return this.#target();
  }

  hearsAll(): boolean {
    return true;
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  status() {
    return { ready: this.#connection.epoch !== undefined, lastError: this.#connection.lastError };
  }

  close(): void {
    this.#connection.close();
  }
}
