import { onTestFinished } from 'vitest';
import { connectRedis, type RedisConnectOptions } from '../../../src/cache/redis/connect-redis.js';
import type { RedisCommand, RedisLink } from '../../../src/cache/redis/redis-link.js';

/** A link that is ready, and closed when the test is over. */
export async function openLink(options: Partial<RedisConnectOptions> & Pick<RedisConnectOptions, 'urls'>) {
  const link = beginLink(options);
  await until(link, () => link.status().state === 'ready');
  return link;
}

/** A link that has only begun to connect. */
export function beginLink(options: Partial<RedisConnectOptions> & Pick<RedisConnectOptions, 'urls'>): RedisLink {
  const link = connectRedis({ timeoutMs: 1_000, ...options });
  onTestFinished(() => link.close());
  return link;
}

/** Waits for a change of the link after which it is so. */
export function until(link: RedisLink, isSo: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not so in 15 s: ${JSON.stringify(link.status())}`)), 15_000);
    const look = () => {
      if (!isSo()) return;
      clearTimeout(timer);
      resolve();
    };
    link.onChange(look);
    look();
  });
}

export function set(key: string, value: string): RedisCommand {
  return { name: 'set', key, args: [key, value] };
}

export function get(key: string): RedisCommand {
  return { name: 'get', key, args: [key] };
}

/** A listener that keeps what it is told, and lets it be waited for. */
export class Ear {
  readonly heard: string[] = [];
  #waiting: (() => void)[] = [];

  onMessage(channel: string, text: string): void {
    this.#tell(`${channel}: ${text}`);
  }

  onState(subscribed: boolean): void {
    this.#tell(subscribed ? 'subscribed' : 'lost');
  }

  async until(count: number): Promise<readonly string[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.heard;
  }

  #tell(what: string): void {
    this.heard.push(what);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
