import { createDeferred } from '../../support/deferred.js';
import type { Timers } from '../../support/timers.js';
import { ifAway } from '../stores/store-unavailable-error.js';
import type { RaisedBefore, TideServer } from './tide-server.js';

/** Longer than a lease: whoever has been silent for so long serves nothing from memory any more. */
export const SILENCE_MS = 1_000;
const POLL_MS = 100;

/**
 * Lets a raise return when everyone who may serve from memory has applied it: each member has said so, has held since (and so
 * presented a mirror that has it), or is gone, which it only is after its lease. Who says nothing is waited for 1 s, once: then it is
 * no member any more, until its mirror is where the tide is.
 */
export class Acknowledgements {
  readonly #server: TideServer;
  readonly #timers: Timers;
  /** Cumulative: a member that has applied a change has applied all before it. */
  readonly #latest = new Map<string, { readonly generation: string; readonly clock: number }>();
  readonly #waiting = new Set<() => void>();

  constructor(server: TideServer, timers: Timers) {
    this.#server = server;
    this.#timers = timers;
  }

  record(member: string, generation: string, clock: number): void {
    const latest = this.#latest.get(member);
    if (latest?.generation === generation && latest.clock >= clock) return;
    this.#latest.set(member, { generation, clock });
    for (const check of this.#waiting) check();
  }

  /**
   * Begins its second when it is called, which must be after the raise was answered. `connection` is the one that it was sent on: on
   * another one there may be a server that came back with older members, of the same generation until somebody writes.
   */
  async wait({ generation, clock, members }: RaisedBefore, connection: string | undefined): Promise<void> {
    for (const known of this.#latest.keys()) if (!members.has(known)) this.#latest.delete(known);
    const missing = new Map(members);
    const { promise: settled, resolve: settle } = createDeferred<void>();
    const check = () => {
      for (const member of missing.keys()) {
        const latest = this.#latest.get(member);
        if (latest?.generation === generation && latest.clock >= clock) missing.delete(member);
      }
      if (missing.size === 0) settle();
    };
    check();
    if (missing.size === 0) return;
    this.#waiting.add(check);
    const cancelDeadline = this.#timers.after(SILENCE_MS, settle);
    const cancelPolls = this.#pollEvery(async () => {
      const present = await this.#server.readMembers().catch(ifAway);
      if (connection === undefined || this.#server.connection !== connection) return;
      // In another generation nobody can tell who held a lease in this one: the whole second is waited.
      if (present?.generation !== generation) return;
      for (const [member, hold] of missing) if (present.members.get(member) !== hold) missing.delete(member);
      check();
    });
    await settled;
    this.#waiting.delete(check);
    cancelDeadline();
    cancelPolls();
    // Should it fail they are waited for again, which is slow and not wrong.
    if (missing.size > 0) await this.#server.drop(generation, missing).catch(ifAway);
  }

  #pollEvery(poll: () => Promise<void>): () => void {
    let cancelled = false;
    let cancel = (): void => undefined;
    const next = () => {
      cancel = this.#timers.after(POLL_MS, () => {
        void poll().finally(() => {
          if (!cancelled) next();
        });
      });
    };
    next();
    return () => {
      cancelled = true;
      cancel();
    };
  }
}
