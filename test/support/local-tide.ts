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
  readonly #listeners = new Map<string, TideListener>();
  readonly #entries = new Map<string, StoredEntry>();
  /** Instances that hear nothing. */
  readonly deaf = new Set<string>();
  /** Instances that are not answered. */
  readonly cutOff = new Set<string>();
  #generations = 0;
  #state: State | undefined;

  constructor(travel: Travel) {
    this.#travel = travel;
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
    const { cutOff, deaf } = this;
    return {
      id,
      get connection() {
        return cutOff.has(id) ? undefined : 'only';
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

  #ask<T>(id: string, what: string, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new StoreUnavailableError(`${id} is cut off`));
      this.#travel(`${id} ${what} sent`, () => {
        if (this.cutOff.has(id)) return fail();
        let answered: T;
        try {
          answered = answer();
        } catch (error) {
          return reject(toError(error));
        }
        this.#travel(`${id} ${what} answered`, () => (this.cutOff.has(id) ? fail() : resolve(answered)));
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

  /** Undefined: what is said to it is lost. */
  #heard(id: string): TideListener | undefined {
    return this.deaf.has(id) ? undefined : this.#listeners.get(id);
  }
}
