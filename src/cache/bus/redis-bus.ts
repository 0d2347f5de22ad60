import { randomUUID } from 'node:crypto';
import { ifLost } from '../redis/if-lost.js';
import type { RedisLink } from '../redis/redis-link.js';
import type { Bus } from './bus.js';

/** By PUBLISH: one channel for everyone, `CHANNEL`, and one for each instance, `CHANNEL:ID`. */
export class RedisBus implements Bus {
  readonly id = randomUUID();
  readonly channel: string;
  readonly #link: RedisLink;
  readonly #broadcasts: ((text: string) => void)[] = [];
  readonly #beginnings: (() => void)[] = [];
  readonly #messages = new Map<string, (rest: string) => void>();
  #isListening = false;

  constructor(link: RedisLink, channel: string) {
    this.#link = link;
    this.channel = channel;
    link.subscribe([channel, this.#channelOf(this.id)], {
      onMessage: (from, text) => this.#receive(from, text),
      onState: (subscribed) => {
        this.#isListening = subscribed;
        if (subscribed) for (const listener of this.#beginnings) listener();
      },
    });
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  onListening(listener: () => void): void {
    this.#beginnings.push(listener);
  }

  onBroadcast(listener: (text: string) => void): void {
    this.#broadcasts.push(listener);
  }

  onMessage(kind: string, listener: (rest: string) => void): void {
    this.#messages.set(kind, listener);
  }

  send(to: string, kind: string, rest: string): void {
    const channel = this.#channelOf(to);
    const publish = { name: 'publish', key: channel, args: [channel, `${kind} ${rest}`] };
    // Like any message it may be lost: who waits for it does not wait for ever.
    void this.#link.send([publish]).catch(ifLost);
  }

  #channelOf(id: string): string {
    return `${this.channel}:${id}`;
  }

  #receive(from: string, text: string): void {
    if (from === this.channel) {
      for (const listener of this.#broadcasts) listener(text);
      return;
    }
    const end = text.indexOf(' ');
    this.#messages.get(text.slice(0, end))?.(text.slice(end + 1));
  }
}
