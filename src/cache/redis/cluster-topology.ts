import type { RedisOptions } from 'ioredis';
import { toError } from '../../support/to-error.js';
import { Connection } from './connection.js';
import { keySlot } from './key-slot.js';
import { addressSeenFrom, formatAddress, parseAddress, parseRedisUrl, type RedisUrl } from './redis-address.js';
import { LinkError, RefusedError } from './redis-link.js';
import { latestOf, parseSlotMap, type SlotMap } from './slot-map.js';
import type { Topology, TopologyStatus } from './topology.js';

const REFRESH_EVERY_MS = 1_000;

/**
 * A connection to each master of a cluster. Who has which slot is asked of all of them, every second and whenever there is reason to,
 * and the latest map is believed.
 *
 * ioredis' own Cluster is not used: it retries behind our back, and so would hide that another server answers than before.
 */
export class ClusterTopology implements Topology {
  readonly #login: RedisUrl['login'];
  readonly #timeoutMs: number;
  readonly #seeds: readonly string[];
  readonly #nodes = new Map<string, Connection>();
  readonly #refreshTimer: NodeJS.Timeout;
  /** Masters by slot. */
  #owners: (string | undefined)[] = [];
  #masters: ReadonlySet<string> = new Set();
  /** Slots that are on their way to another node, and to which. */
  readonly #importers = new Map<number, string>();
  #moves = 0;
  #subscriptions = 0;
  #isRefreshing = false;
  #lastError: string | undefined;
  #closed = false;
  #changed: () => void = () => undefined;

  constructor(urls: readonly string[], timeoutMs: number) {
    const parsed = urls.map((url) => parseRedisUrl(url));
    this.#login = parsed[0]?.login ?? {};
    this.#timeoutMs = timeoutMs;
    this.#seeds = parsed.map(formatAddress);
    for (const address of this.#seeds) this.#connect(address);
    this.#refreshTimer = setInterval(() => this.#refresh(), REFRESH_EVERY_MS);
  }

  connectionOf(key: string): Connection | undefined {
    const owner = this.#owners[keySlot(key)];
    return owner === undefined ? undefined : this.#nodes.get(owner);
  }

  epochOf(key: string): string | undefined {
    const epoch = this.connectionOf(key)?.epoch;
    const importer = this.#importers.get(keySlot(key));
    return epoch === undefined || importer === undefined ? epoch : `${epoch}, ${this.#nodes.get(importer)?.epoch}`;
  }

  /** A new owner or importer is a new epoch: nobody has trusted it yet. */
  redirect({ kind, message }: RefusedError): Connection | undefined {
    const [, digits, told] = /^(?:MOVED|ASK) (\d+) (\S+)/.exec(message) ?? [];
    if (digits === undefined || told === undefined) return undefined;
    const slot = Number(digits);
    const address = formatAddress(addressSeenFrom(parseAddress(told), this.#owners[slot]));
    const connection = this.#connect(address);
    if (kind === 'MOVED') this.#move(slot, address);
    else this.#import(slot, address);
    return connection;
  }

  /** Another master at each attempt, for one of them may be dead. */
  subscriberTarget(): RedisOptions {
    const addresses = this.#masters.size > 0 ? [...this.#masters] : this.#seeds;
    this.#subscriptions += 1;
    return this.#targetAt(addresses[this.#subscriptions % addresses.length] ?? '');
  }

  /** A node that left, or was replaced, hears nothing of the others. */
  hearsAll({ host = '', port = 0 }: RedisOptions): boolean {
    return this.#masters.size === 0 || this.#masters.has(formatAddress({ host, port }));
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  status(): TopologyStatus {
    const connections = [...this.#nodes.values()];
    const ready = this.#masters.size > 0 && connections.every(({ epoch }) => epoch !== undefined);
    const lastError = connections.find(({ lastError }) => lastError !== undefined)?.lastError;
    return { ready, lastError: lastError ?? this.#lastError };
  }

  close(): void {
    clearInterval(this.#refreshTimer);
    for (const connection of this.#nodes.values()) connection.close();
    this.#closed = true;
  }

  #connect(address: string): Connection {
    const known = this.#nodes.get(address);
    if (known) return known;
    const tell = () => {
      this.#changed();
      this.#refresh();
    };
    const connection = new Connection({ target: () => this.#targetAt(address), onReady: tell, onLost: tell });
    this.#nodes.set(address, connection);
    return connection;
  }

  #targetAt(address: string): RedisOptions {
    return { ...parseAddress(address), ...this.#login };
  }

  #move(slot: number, address: string): void {
    if (this.#owners[slot] === address) return;
    this.#owners[slot] = address;
    this.#importers.delete(slot);
    this.#moves += 1;
    this.#changed();
    this.#refresh();
  }

  #import(slot: number, address: string): void {
    if (this.#importers.get(slot) === address) return;
    this.#importers.set(slot, address);
    this.#changed();
  }

  #refresh(): void {
    if (this.#isRefreshing || this.#closed) return;
    this.#isRefreshing = true;
    void this.#askAll().finally(() => (this.#isRefreshing = false));
  }

  async #askAll(): Promise<void> {
    const moves = this.#moves;
    const maps = await Promise.all([...this.#nodes].map(([address, connection]) => this.#ask(address, connection)));
    // A MOVED that came meanwhile knows better than answers that were on their way.
    if (this.#closed || moves !== this.#moves) return;
    const latest = latestOf(maps);
    if (latest) this.#adopt(latest);
    else for (const address of this.#seeds) this.#connect(address);
  }

  async #ask(address: string, connection: Connection): Promise<SlotMap | undefined> {
    const [slots, info] = await connection.exchange(ASK_SLOTS, this.#timeoutMs);
    if (slots instanceof LinkError) return undefined;
    try {
      if (slots instanceof RefusedError) throw slots;
      return parseSlotMap(slots, info, address);
    } catch (error) {
      this.#fail(toError(error).message);
      return undefined;
    }
  }

  #fail(reason: string): void {
    if (this.#lastError === reason) return;
    this.#lastError = reason;
    this.#changed();
  }

  #adopt(map: SlotMap): void {
    const before = this.#owners;
    this.#owners = [...map.owners];
    this.#lastError = undefined;
    this.#masters = new Set(map.owners.filter((owner) => owner !== undefined));
    for (const slot of this.#importers.keys()) if (before[slot] !== map.owners[slot]) this.#importers.delete(slot);
    for (const address of this.#masters) this.#connect(address);
    const needed = new Set([...this.#masters, ...this.#importers.values()]);
    for (const [address, connection] of this.#nodes) {
      if (needed.has(address)) continue;
      connection.close();
      this.#nodes.delete(address);
    }
    if (this.#owners.some((owner, slot) => owner !== before[slot])) this.#changed();
  }
}

/** Private */
const ASK_SLOTS = [
  { name: 'cluster', args: ['SLOTS'] },
  { name: 'cluster', args: ['INFO'] },
];
