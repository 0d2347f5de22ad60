import {
  type RedisLink,
  type RedisLinkStatus,
  type RedisListener,
  LinkError,
  type RedisRequest,
} from './redis-link.js';

/** Several links to the same servers, by turns. What is read from one of them is as good as what all were asked to prove. */
export class PooledLink implements RedisLink {
  readonly #links: readonly [RedisLink, ...RedisLink[]];
  #turn = 0;

  constructor(links: readonly [RedisLink, ...RedisLink[]]) {
    this.#links = links;
  }

  send(requests: readonly RedisRequest[]): Promise<readonly unknown[]> {
    const [first] = requests;
    if (!first) return Promise.resolve([]);
    const links = this.#linksTo(first);
    this.#turn += 1;
    return (links[this.#turn % links.length] ?? this.#links[0]).send(requests);
  }

  async sendOnEach(requests: readonly RedisRequest[]): Promise<readonly (readonly unknown[])[]> {
    const [first] = requests;
    if (!first) return [];
    const links = this.#linksTo(first);
    if (links.length === 0) throw new LinkError(`not connected: ${this.status().lastError ?? 'not yet'}`);
    return Promise.all(links.map((link) => link.send(requests)));
  }

  epochOf(key: string): string | undefined {
    const epochs = this.#links.flatMap((link) => link.epochOf(key) ?? []);
    return epochs.length === 0 ? undefined : epochs.join(', ');
  }

  onChange(listener: () => void): void {
    for (const link of this.#links) link.onChange(listener);
  }

  subscribe(channels: readonly string[], listener: RedisListener): void {
    this.#links[0].subscribe(channels, listener);
  }

  status(): RedisLinkStatus {
    const all = this.#links.map((link) => link.status());
    return all.find(({ state }) => state !== 'ready') ?? { state: 'ready', lastError: undefined };
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  /** Those that {@link epochOf} names. */
  #linksTo(request: RedisRequest): readonly RedisLink[] {
    const key = 'script' in request ? request.keys[0] : request.key;
    return this.#links.filter((link) => link.epochOf(key) !== undefined);
  }
}
