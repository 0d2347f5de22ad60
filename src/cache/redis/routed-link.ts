import type { Connection, WireCommand } from './connection.js';
import {
  LinkError,
  RefusedError,
  type RedisLink,
  type RedisLinkStatus,
  type RedisListener,
  type RedisRequest,
} from './redis-link.js';
import { Subscription } from './subscription.js';
import type { Topology } from './topology.js';

/** One connection to each server of a topology. */
export class RoutedLink implements RedisLink {
  readonly #topology: Topology;
  readonly #timeoutMs: number;
  readonly #subscriptions: Subscription[] = [];
  readonly #listeners: (() => void)[] = [];
  #closed = false;

  constructor(topology: Topology, timeoutMs: number) {
    this.#topology = topology;
    this.#timeoutMs = timeoutMs;
    topology.onChange(() => this.#changed());
  }

  async send(requests: readonly RedisRequest[]): Promise<readonly unknown[]> {
    const deadline = performance.now() + this.#timeoutMs;
    const replies = new Array<unknown>(requests.length);
    let round = requests.map((request, index): Attempt => {
      const connection = this.#topology.connectionOf(keyOf(request));
      return { request, index, connection, isAsking: false, isRedirected: false, withText: false };
    });
    while (round.length > 0) {
      const next: Attempt[] = [];
      await Promise.all(
        [...byConnection(round)].map(async ([connection, attempts]) => {
          for (const [i, reply] of (await this.#exchange(connection, attempts, deadline)).entries()) {
            const attempt = attempts[i];
            if (!attempt) continue;
            const again = this.#again(attempt, reply);
            if (again) next.push(again);
            else replies[attempt.index] = reply;
          }
        }),
      );
      round = next;
    }
    const [first] = replies;
    if (first instanceof LinkError && replies.every((reply) => reply instanceof LinkError)) throw first;
    return replies;
  }

  async sendOnEach(requests: readonly RedisRequest[]): Promise<readonly (readonly unknown[])[]> {
    return [await this.send(requests)];
  }

  epochOf(key: string): string | undefined {
    return this.#closed ? undefined : this.#topology.epochOf(key);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  subscribe(channels: readonly string[], listener: RedisListener): void {
    this.#subscriptions.push(new Subscription(() => this.#topology.subscriberTarget(), channels, listener));
  }

  status(): RedisLinkStatus {
    if (this.#closed) return { state: 'closed', lastError: undefined };
    const { ready, lastError } = this.#topology.status();
    return ready ? { state: 'ready', lastError: undefined } : { state: 'connecting', lastError };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    this.#topology.close();
  }

  async #exchange(connection: Connection | undefined, attempts: readonly Attempt[], deadline: number) {
    if (!connection || this.#closed) {
      const reason = this.#closed ? 'closed' : `not connected: ${this.#topology.status().lastError ?? 'not yet'}`;
      return attempts.map(() => new LinkError(reason));
    }
    const commands = attempts.flatMap(toWire);
    const replies = await connection.exchange(commands, Math.max(1, Math.ceil(deadline - performance.now())));
    return replies.filter((_, i) => commands[i] !== ASKING);
  }

  /** What to try after a refusal that says that nothing was executed; each remedy once. */
  #again(attempt: Attempt, reply: unknown): Attempt | undefined {
    if (!(reply instanceof RefusedError)) return undefined;
    if (reply.kind === 'NOSCRIPT' && !attempt.withText) return { ...attempt, withText: true };
    if (attempt.isRedirected) return undefined;
    const connection = this.#topology.redirect(reply);
    return connection && { ...attempt, connection, isRedirected: true, isAsking: reply.kind === 'ASK' };
  }

  #changed(): void {
    for (const subscription of this.#subscriptions) subscription.review((target) => this.#topology.hearsAll(target));
    for (const listener of this.#listeners) listener();
  }
}

/** Private: one sending of one request. */
interface Attempt {
  readonly request: RedisRequest;
  /** Where its reply goes. */
  readonly index: number;
  readonly connection: Connection | undefined;
  readonly isAsking: boolean;
  readonly isRedirected: boolean;
  readonly withText: boolean;
}

/** Private */
function keyOf(request: RedisRequest): string {
  return 'script' in request ? request.keys[0] : request.key;
}

/** Private */
function byConnection(attempts: readonly Attempt[]): ReadonlyMap<Connection | undefined, Attempt[]> {
  const groups = new Map<Connection | undefined, Attempt[]>();
  for (const attempt of attempts) {
    const group = groups.get(attempt.connection);
    if (group) group.push(attempt);
    else groups.set(attempt.connection, [attempt]);
  }
  return groups;
}

/** Private: lets the next command alone pass to a node whose slot is only just coming. */
const ASKING: WireCommand = { name: 'asking', args: [] };

/** Private */
function toWire({ request, isAsking, withText }: Attempt): readonly WireCommand[] {
  return isAsking ? [ASKING, toCommand(request, withText)] : [toCommand(request, withText)];
}

/** Private */
function toCommand(request: RedisRequest, withText: boolean): WireCommand {
  if (!('script' in request)) return request;
  const { script, keys, args, buffer = false } = request;
  const [name, program] = withText ? ['eval', script.text] : ['evalsha', script.sha];
  return { name, args: [program, keys.length, ...keys, ...args], buffer };
}
