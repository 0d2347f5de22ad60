import { systemTimers, type Timers } from '../../src/support/timers.js';
import { toError } from '../../src/support/to-error.js';
import type { StoredEntry, StoreReading, StoreWrite } from '../../src/cache/stores/store.js';
import type { RemoteEntries } from '../../src/cache/stores/tiered-store.js';
import { StoreUnavailableError } from '../../src/cache/stores/store-unavailable-error.js';
import type { Mark, Raise } from '../../src/cache/tide/tide.js';
import {
  UNKNOWN_MEMBER,
  type BusChange,
  type Held,
  type Hold,
  type Members,
  type RaisedBefore,
  type TideListener,
  type TideServer,
} from '../../src/cache/tide/tide-server.js';

/** How messages travel: each is done some time, in the order of one way. */
export type Travel = (way: string, arrive: () => void) => void;

/** After which who is not answered gives up. */
const TIMEOUT_MS = 100;

interface State {
  readonly generation: string;
  readonly floor: number;
  clock: number;
  holds: number;
  readonly members: Map<string, number>;
  readonly marks: Map<string, Mark>;
}

/** The shared tide and its entries in the process of a test, by the rules of the scripts; it can lose its state, and its messages. */
export class LocalTide {
  readonly #travel: Travel;
  readonly #timers: Timers;
  readonly #listeners = new Map<string, TideListener>();
  readonly #entries = new Map<string, StoredEntry>();
  /** Instances that hear nothing. */
  readonly deaf = new Set<string>();
  /** Instances whose connection is lost: they are told so at once, and that there is another one as soon as the word has travelled. */
  readonly cutOff = new ToldSet(
    (id) => this.#listeners.get(id)?.lost(`${id} is cut off`),
    (id) => this.#travel(`ready to ${id}`, () => this.#sayReady(id)),
  );
  /** Instances that are answered with errors, on a connection that stays. */
  readonly refused = new Set<string>();
  /** Instances that are not answered, on a connection that stays: what they ask fails after its timeout. */
  readonly hung = new Set<string>();
  #generations = 0;
  #state: State | undefined;

  /** `timers`: of the timeouts of who is hung. */
  constructor(travel: Travel, timers: Timers = systemTimers) {
    this.#travel = travel;
    this.#timers = timers;
  }

  /** All of it. */
  flush(): void {
    this.#state = undefined;
    this.#entries.clear();
  }

  /** The tide alone: what is left are entries of a generation that is gone. */
  evict(): void {
    this.#state = undefined;
  }

  connect(id: string): TideServer {
    const ask = <T>(what: string, answer: () => T) => this.#ask(id, what, answer);
    const connection = () => this.#connectionOf(id);
    const { deaf } = this;
    return {
      id,
      get connection() {
        return connection();
      },
      get isListening() {
        return !deaf.has(id);
      },
      hold: (hold) => ask('hold', () => this.#hold(id, hold)),
      raise: (raise, nonce) => ask('raise', () => this.#raise(id, raise, nonce)),
      drop: (generation, silent) => ask('drop', () => this.#drop(generation, silent)),
      readMembers: () =>
        ask('members', () => {
          const { generation, members } = this.#lost();
          return { generation, members: new Map(members) };
        }),
      acknowledge: (raiser, generation, clock) =>
        this.#travel(`acknowledgement to ${raiser}`, () => this.#heard(raiser)?.acknowledged(id, generation, clock)),
      listen: (listener) => void this.#listeners.set(id, listener),
      close: async () => void this.#listeners.delete(id),
    };
  }

  entriesOf(id: string): RemoteEntries {
    return {
      read: (keys, fields) => this.#ask(id, 'read', () => this.#read(keys, fields)),
      write: (writes) => this.#ask(id, 'write', () => this.#write(writes)),
    };
  }

  #connectionOf(id: string): string | undefined {
    return this.cutOff.has(id) ? undefined : `${id} ${this.cutOff.timesLeft(id)}`;
  }

  #ask<T>(id: string, what: string, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const connection = this.#connectionOf(id);
      const fail = (why: string) => reject(new StoreUnavailableError(`${id} ${why}`));
      const hasFailed = () => {
        // What was under way on a connection fails with it, also where there is another one by now.
        if (connection === undefined || this.#connectionOf(id) !== connection) fail('is cut off');
        else if (this.refused.has(id)) fail('is refused');
        else if (this.hung.has(id)) this.#timers.after(TIMEOUT_MS, () => fail('got no answer'));
        else return false;
        return true;
      };
      this.#travel(`${id} ${what} sent`, () => {
        if (hasFailed()) return;
        let answered: T;
        try {
          answered = answer();
        } catch (error) {
          return reject(toError(error));
        }
        this.#travel(`${id} ${what} answered`, () => {
          if (!hasFailed()) resolve(answered);
        });
      });
    });
  }

  #adopted(): State {
    if (!this.#state) {
      this.#generations += 1;
      const clock = this.#generations * 1_000_000;
      const members = new Map([[UNKNOWN_MEMBER, 0]]);
      this.#state = { generation: `g${this.#generations}`, floor: clock, clock, holds: 0, members, marks: new Map() };
    }
    return this.#state;
  }

  #lost(): State {
    if (!this.#state) throw new StoreUnavailableError('the tide is gone');
    return this.#state;
  }

  #hold(id: string, { mirror }: Hold): Held {
    const state = this.#adopted();
    const isMember = mirror?.generation === state.generation && mirror.clock === state.clock;
    if (isMember) state.members.set(id, (state.holds += 1));
    return { generation: state.generation, clock: state.clock, isMember, members: new Map(state.members) };
  }

  #raise(id: string, { fields, kind, to }: Raise, nonce: string): RaisedBefore {
    const state = this.#adopted();
    const previous = state.clock;
    const clock = (state.clock += 1);
    for (const field of fields) {
      const mark = state.marks.get(field) ?? { hard: 0, soft: 0 };
      state.marks.set(field, { ...mark, [kind]: Math.max(mark[kind], to ?? clock) });
    }
    const { generation } = state;
    const change: BusChange = { generation, previous, clock, kind, to: to ?? clock, fields, raiser: id, nonce };
    for (const to of this.#listeners.keys()) {
      this.#travel(`change to ${to}`, () => this.#heard(to)?.change(change));
    }
    return { generation, clock, members: new Map(state.members) };
  }

  #drop(generation: string, silent: Members): void {
    if (this.#state?.generation !== generation) return;
    for (const [id, hold] of silent) if (this.#state.members.get(id) === hold) this.#state.members.delete(id);
  }

  #read(keys: readonly string[], fields: readonly string[]): StoreReading {
    const { generation, clock, floor, marks } = this.#lost();
    const asked = fields.flatMap((field): [string, Mark][] => {
      const mark = marks.get(field);
      return mark ? [[field, mark]] : [];
    });
    const entries = keys.map((key) => this.#entries.get(key));
    return { entries, tide: { generation, clock, floor, marks: new Map(asked) } };
  }

  #write(writes: readonly StoreWrite[]): readonly undefined[] {
    for (const { key, entry, begunAt } of writes) {
      const present = this.#entries.get(key)?.entry;
      if (present?.generation === entry.generation && present.start > entry.start) continue;
      this.#entries.set(key, { entry, begunAt, layer: 'REDIS' });
    }
    return writes.map(() => undefined);
  }

  #sayReady(id: string): void {
    if (!this.cutOff.has(id)) this.#listeners.get(id)?.ready();
  }

  /** Undefined: what is said to it is lost. */
  #heard(id: string): TideListener | undefined {
    return this.deaf.has(id) ? undefined : this.#listeners.get(id);
  }
}

/** Private: a set that tells who joins and who leaves it. */
class ToldSet extends Set<string> {
  readonly #joined: (id: string) => void;
  readonly #left: (id: string) => void;
  readonly #timesLeft = new Map<string, number>();

  constructor(joined: (id: string) => void, left: (id: string) => void) {
    super();
    this.#joined = joined;
    this.#left = left;
  }

  timesLeft(id: string): number {
    return this.#timesLeft.get(id) ?? 0;
  }

  override add(id: string): this {
    if (this.has(id)) return this;
    super.add(id);
    this.#joined(id);
    return this;
  }

  override delete(id: string): boolean {
    if (!super.delete(id)) return false;
    this.#timesLeft.set(id, this.timesLeft(id) + 1);
    this.#left(id);
    return true;
  }

  override clear(): void {
    for (const id of [...this]) this.delete(id);
  }
}
