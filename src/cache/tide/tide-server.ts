import type { TideChange } from './mirror.js';
import type { Raise, Raised } from './tide.js';

/** Instances that may hold a lease, each with the number of its last hold. `?` stands for all that held one before this generation. */
export type Members = ReadonlyMap<string, number>;

/** The member that a new generation begins with: whoever held a lease before it, and is silent. */
export const UNKNOWN_MEMBER = '?';

/** What an instance presents to be a member: where its mirror stands. */
export interface Hold {
  /** Undefined: it asks for trust alone. */
  readonly mirror: { readonly generation: string; readonly clock: number } | undefined;
}

export interface Held {
  readonly generation: string;
  readonly clock: number;
  /** Its mirror is where the tide is: it is a member, and every raise from now on waits for it. */
  readonly isMember: boolean;
  readonly members: Members;
}

export interface RaisedBefore extends Raised {
  /** Who may hold a lease from before the raise. */
  readonly members: Members;
}

/** A change as it comes over the bus. */
export interface BusChange extends TideChange {
  readonly raiser: string;
  /** Of a raise: what its raiser called it. */
  readonly nonce: string;
}

export interface TideListener {
  change(change: BusChange): void;
  /** A member has applied all changes of `generation` up to `clock`. */
  acknowledged(member: string, generation: string, clock: number): void;
  /** Commands can be sent, or changes are heard, again. */
  ready(): void;
  /** They can't. */
  lost(reason: string): void;
}

/**
 * The one tide that several instances share, as one of them reaches it. Its operations reject with StoreUnavailableError where it does
 * not answer. Each is atomic; hold and raise begin a new generation where the tide has lost its state.
 */
export interface TideServer {
  /** How this instance is known. */
  readonly id: string;
  /** Of the connection to it: another one after each reconnect. Undefined: there is none. */
  readonly connection: string | undefined;
  /** Whether changes are heard. */
  readonly isListening: boolean;
  hold(hold: Hold): Promise<Held>;
  /** Tells everyone of the change, and answers who must acknowledge it. Fields have no line breaks. */
  raise(raise: Raise, nonce: string): Promise<RaisedBefore>;
  /** Removes the members that have not held since they had these numbers, where the generation is still this one. */
  drop(generation: string, silent: Members): Promise<void>;
  readMembers(): Promise<{ readonly generation: string; readonly members: Members }>;
  /** Tells a raiser that this instance has applied its change. */
  acknowledge(raiser: string, generation: string, clock: number): void;
  listen(listener: TideListener): void;
  close(): Promise<void>;
}
