import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus/bus.js';
import type { RedisLink } from '../redis/redis-link.js';
import { createRedisScript } from '../redis/redis-script.js';
import { repliesOf } from '../redis/replies-of.js';
import { StoreUnavailableError } from '../stores/store-unavailable-error.js';
import { DROP_SCRIPT, HOLD_SCRIPT, RAISE_SCRIPT } from './scripts.js';
import type { Raise } from './tide.js';
import type { BusChange, Held, Hold, Members, RaisedBefore, TideListener, TideServer } from './tide-server.js';

const HOLD = createRedisScript(HOLD_SCRIPT);
const RAISE = createRedisScript(RAISE_SCRIPT);
const DROP = createRedisScript(DROP_SCRIPT);
/** Fields that each hold looks at for marks to drop. */
const PRUNED_AT_ONCE = 100;
const NOBODY = '-';

export interface RedisTideServerOptions {
  readonly link: RedisLink;
  readonly bus: Bus;
  /** The hash. */
  readonly key: string;
  /** How long marks are kept at least, ms: longer than any entry lives. */
  readonly keepMarksMs: () => number;
}

/** The tide as one hash of Redis; its scripts have the rules that must hold at once. */
export class RedisTideServer implements TideServer {
  readonly #link: RedisLink;
  readonly #bus: Bus;
  readonly #key: string;
  readonly #keepMarksMs: () => number;

  constructor({ link, bus, key, keepMarksMs }: RedisTideServerOptions) {
    this.#link = link;
    this.#bus = bus;
    this.#key = key;
    this.#keepMarksMs = keepMarksMs;
  }

  get id(): string {
    return this.#bus.id;
  }

  get connection(): string | undefined {
    return this.#link.epochOf(this.#key);
  }

  get isListening(): boolean {
    return this.#bus.isListening;
  }

  async hold({ mirror }: Hold): Promise<Held> {
    const presented = mirror ? [this.id, mirror.generation, mirror.clock] : ['', '', ''];
    const pruning = [Math.round(this.#keepMarksMs() * 1_000), PRUNED_AT_ONCE];
    const call = { script: HOLD, keys: [this.#key], args: [randomUUID(), ...presented, ...pruning] } as const;
    // On each connection that reads may take: an answer to one says nothing of the others.
    const replies = await repliesOf(this.#link.sendOnEach([call]).then((each) => each.flat()));
    const [generation, clock, member, members] = replies.at(-1) as [string, string, string, string];
    return { generation, clock: Number(clock), isMember: member === '1', members: toMembers(members) };
  }

  async raise({ fields, kind, to }: Raise, nonce: string): Promise<RaisedBefore> {
    const what = [kind, to ?? '', this.id, nonce || NOBODY, this.#bus.channel, ...fields];
    const call = { script: RAISE, keys: [this.#key], args: [randomUUID(), ...what] } as const;
    const [reply] = await repliesOf(this.#link.send([call]));
    const [generation, clock, members] = reply as [string, string, string];
    return { generation, clock: Number(clock), members: toMembers(members) };
  }

  async drop(generation: string, silent: Members): Promise<void> {
    const members = [...silent].map(([id, hold]) => `${id}=${hold}`);
    await repliesOf(this.#link.send([{ script: DROP, keys: [this.#key], args: [generation, ...members] }]));
  }

  async readMembers(): Promise<{ readonly generation: string; readonly members: Members }> {
    const read = { name: 'hmget', key: this.#key, args: [this.#key, 'generation', 'members'] };
    const [reply] = await repliesOf(this.#link.send([read]));
    const [generation, members] = reply as [string | null, string | null];
    if (generation === null) throw new StoreUnavailableError('Redis: the tide is gone');
    return { generation, members: toMembers(members ?? '') };
  }

  acknowledge(raiser: string, generation: string, clock: number): void {
    this.#bus.send(raiser, 'acknowledged', `${this.id} ${generation} ${clock}`);
  }

  listen(listener: TideListener): void {
    this.#bus.onBroadcast((text) => listener.change(toChange(text)));
    this.#bus.onMessage('acknowledged', (rest) => {
      const [member = '', generation = '', clock] = rest.split(' ');
      listener.acknowledged(member, generation, Number(clock));
    });
    this.#bus.onListening(() => listener.ready());
    let connection = this.connection;
    this.#link.onChange(() => {
      if (this.connection === connection) return;
      connection = this.connection;
      if (connection === undefined) listener.lost(this.#link.status().lastError ?? 'the connection is closed');
      else listener.ready();
    });
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}

/** Private */
function toMembers(text: string): Members {
  const pairs = text.split(' ').filter((member) => member !== '');
  return new Map(
    pairs.map((member) => {
      const end = member.lastIndexOf('=');
      return [member.slice(0, end), Number(member.slice(end + 1))];
    }),
  );
}

/** Private */
function toChange(text: string): BusChange {
  const [head = '', ...fields] = text.split('\n');
  const [generation = '', previous, clock, kind, to, raiser = '', nonce = ''] = head.split(' ');
  return {
    generation,
    previous: Number(previous),
    clock: Number(clock),
    kind: kind === 'soft' ? 'soft' : 'hard',
    to: Number(to),
    raiser,
    nonce: nonce === NOBODY ? '' : nonce,
    fields,
  };
}
