import { randomUUID } from 'node:crypto';
import type { Clock } from '../../support/clock.js';
import type { Timers } from '../../support/timers.js';
import { toError } from '../../support/to-error.js';
import { ifAway, StoreUnavailableError, TideLostError } from '../stores/store-unavailable-error.js';
import { Acknowledgements, SILENCE_MS } from './acknowledgements.js';
import { Lease, momentOf } from './lease.js';
import { Mirror } from './mirror.js';
import { PendingRaises } from './pending-raises.js';
import type { Raise, Raised } from './tide.js';
import { UNKNOWN_MEMBER, type BusChange, type Held, type TideServer } from './tide-server.js';
import { Trust, type BreakerState } from './trust.js';

const HOLD_EVERY_MS = 300;
/** How long a mirror that is behind may wait for the bus before it begins afresh. */
const CATCH_UP_MS = 50;
/** Of one hold, where raises come so fast that the mirror is behind again each time. */
const MOST_ATTEMPTS = 3;

export interface ParticipantOptions {
  readonly server: TideServer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onTrust?: (trusted: boolean, reason: string | undefined) => void;
}

/**
 * One instance's part in the tide that several share. Every 300 ms it presents where its mirror stands, a *hold*. If that is where
 * the tide is, it is a member, whom every raise from then on waits for, and may serve from memory for 900 ms. If its mirror is
 * behind and the bus does not bring it up, or it has missed a change, it begins afresh: it ticks, and the mirror begins where that
 * tick arrives on the bus. So who does not hear the bus is no member, and never serves from memory.
 *
 * A raise that fails gives up the lease, and is made up for before the next hold: no instance believes the tide again before its own
 * raises are in it.
 */
export class Participant {
  readonly mirror = new Mirror();
  readonly #server: TideServer;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #lease: Lease;
  readonly #trust: Trust;
  readonly #acknowledgements: Acknowledgements;
  #pending = new PendingRaises();
  #holding: Promise<void> | undefined;
  #isHoldDue = false;
  #cancelHold = (): void => undefined;
  #onMirrored = (): void => undefined;
  /** The tick whose arrival on the bus the mirror is to begin with. */
  #greeting: { readonly nonce: string; readonly sentAt: number } | undefined;
  #generation: { readonly name: string; readonly knownAt: number } | undefined;
  /** As of the last hold that made this instance a member. */
  #membership: { readonly generation: string; readonly hold: number } | undefined;
  #latencyMs: number | undefined;
  #isClosed = false;

  constructor({ server, clock, timers, onTrust }: ParticipantOptions) {
    this.#server = server;
    this.#clock = clock;
    this.#timers = timers;
    this.#lease = new Lease(clock);
    this.#trust = new Trust({ clock, onChange: onTrust ?? (() => undefined) });
    this.#acknowledgements = new Acknowledgements(server, timers);
    server.listen({
      change: (change) => this.#hear(change),
      acknowledged: (member, generation, at) => this.#acknowledgements.record(member, generation, at),
      ready: () => this.#holdSoon(),
      lost: (reason) => this.#trust.end(reason),
    });
    this.#holdLater();
    if (server.connection !== undefined) void this.hold();
  }

  /** May serve from memory, by the mirror. To be asked in the step that serves. */
  get isLeased(): boolean {
    return this.mirror.generation !== undefined && this.#lease.isHeld;
  }

  /** The shared tide may be read and believed. */
  get isTrusted(): boolean {
    return this.#trust.has(this.#server.connection);
  }

  /** How often it came to be believed: tells one outage from another. */
  get timesTrusted(): number {
    return this.#trust.timesGiven;
  }

  get breaker(): BreakerState {
    return this.#trust.state;
  }

  /** Of the way to the shared tide; another one after each reconnect. */
  get connection(): string | undefined {
    return this.#server.connection;
  }

  /** As of the last hold. */
  get generation(): string | undefined {
    return this.#generation?.name;
  }

  /** Why it is not believed. */
  get reason(): string | undefined {
    return this.#trust.reason;
  }

  /** What waits to be raised, to the clock as it will be then. */
  get pending(): readonly Raise[] {
    return this.#pending.raises();
  }

  /** How many raises that was. */
  get pendingCount(): number {
    return this.#pending.count;
  }

  /** Of the last hold. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  /** Rejects unless the tide may be believed. Trust that ended only because this process was too busy to hold is asked for anew. */
  async assertTrusted(): Promise<void> {
    // Twice: a hold that was under way may have been sent too long ago itself.
    for (let attempt = 0; attempt < 2 && this.#trust.isGiven && !this.isTrusted; attempt += 1) await this.hold();
    if (!this.isTrusted) throw new StoreUnavailableError(`Redis: ${this.reason ?? 'it does not answer'}`);
  }

  /** Something else that was asked of the same server failed; answers the error. */
  fail(error: unknown): Error {
    const failure = toError(error);
    if (failure instanceof TideLostError) {
      this.#trust.end(failure.message);
      this.#holdSoon();
    } else if (failure instanceof StoreUnavailableError) this.#trust.countFailure(failure.message);
    return failure;
  }

  /** Returns when no member serves anything from before it; a tick, which ends nothing, at once. */
  async raise(raise: Raise): Promise<Raised> {
    const { connection } = this.#server;
    let raised;
    try {
      raised = await this.#server.raise(raise, '');
    } catch (error) {
      if (raise.fields.length === 0) throw this.fail(error);
      this.#lease.end();
      this.#pending.add(raise);
      this.#trust.end(toError(error).message);
      throw error;
    }
    if (raise.fields.length === 0) return raised;
    await this.#acknowledgements.wait(raised, connection);
    this.#breakUnlessHeard(raised);
    return raised;
  }

  /** Takes part: at once after connecting, then every 300 ms. Never rejects. */
  hold(): Promise<void> {
    this.#holding ??= this.#hold().finally(() => {
      this.#holding = undefined;
      if (this.#isHoldDue) this.#holdSoon();
    });
    return this.#holding;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#lease.end();
    this.#cancelHold();
    await this.#holding;
    await this.#leave();
    await this.#server.close();
  }

  #holdLater(): void {
    this.#cancelHold = this.#timers.after(HOLD_EVERY_MS, () => {
      void this.hold();
      this.#holdLater();
    });
  }

  /** Now, or right after the one that is under way. */
  #holdSoon(): void {
    this.#isHoldDue = this.#holding !== undefined;
    if (!this.#isHoldDue && !this.#isClosed) void this.hold();
  }

  async #hold(): Promise<void> {
    this.#isHoldDue = false;
    const { connection } = this.#server;
    if (connection === undefined) return;
    this.#trust.isProbing = true;
    try {
      await this.#makeUp();
      await this.#present(connection);
    } catch (error) {
      this.#trust.end(toError(error).message);
    } finally {
      this.#trust.isProbing = false;
    }
  }

  /** Its callers were told PENDING long ago: nobody waits for acknowledgements of these. */
  async #makeUp(): Promise<void> {
    while (this.#pending.count > 0) {
      const pending = this.#pending;
      // What fails meanwhile may be of a write that these raises come too early for.
      this.#pending = new PendingRaises();
      try {
        for (const raise of pending.raises()) this.#breakUnlessHeard(await this.#server.raise(raise, ''));
      } catch (error) {
        this.#pending.addAll(pending);
        throw error;
      }
    }
  }

  /** A mirror that has not heard of its own instance's raise by now must not be believed, alone neither. */
  #breakUnlessHeard({ generation, clock }: Raised): void {
    if (this.mirror.generation === generation && this.mirror.clock >= clock) return;
    this.mirror.break();
    this.#lease.end();
  }

  async #present(connection: string): Promise<void> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const sentAt = momentOf(this.#clock);
      const held = await this.#server.hold({ mirror: this.#server.isListening ? this.#mirrored() : undefined });
      // Before what follows, of which no part may wait: a raise that fails in between would be overlooked.
      await this.#dropUnknown(held);
      if (this.#server.connection !== connection) throw new StoreUnavailableError('Redis: the connection was lost');
      // A raise that failed meanwhile is made up for first.
      if (this.#pending.count > 0) return;
      this.#latencyMs = this.#clock.monotonic() - sentAt.monotonic;
      this.#trust.give(connection, sentAt.monotonic);
      if (!this.#server.isListening) return;
      if (held.isMember) {
        const hold = held.members.get(this.#server.id);
        this.#membership = hold === undefined ? undefined : { generation: held.generation, hold };
        if (this.mirror.generation === held.generation) this.#lease.grant(sentAt);
        return;
      }
      if (this.mirror.generation !== held.generation || !(await this.#catchesUp(held))) return this.#beginAfresh();
    }
  }

  /** So that no raise waits for an instance that has ended. Its lease is over already. */
  async #leave(): Promise<void> {
    if (!this.#membership || this.connection === undefined) return;
    const { generation, hold } = this.#membership;
    await this.#server.drop(generation, new Map([[this.#server.id, hold]])).catch(ifAway);
  }

  #mirrored(): { generation: string; clock: number } | undefined {
    const { generation, clock } = this.mirror;
    return generation === undefined ? undefined : { generation, clock };
  }

  /** Leases of an older generation are over a second after this one is known: nobody has to wait for them any more. */
  async #dropUnknown({ generation, members }: Held): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#generation?.name !== generation) this.#generation = { name: generation, knownAt: now };
    const hold = members.get(UNKNOWN_MEMBER);
    if (hold === undefined || now - this.#generation.knownAt < SILENCE_MS) return;
    await this.#server.drop(generation, new Map([[UNKNOWN_MEMBER, hold]]));
  }

  /** Whether the bus brings the mirror to where the tide was found, within 50 ms. */
  #catchesUp({ generation, clock }: Held): Promise<boolean> {
    const isThere = () => this.mirror.generation === generation && this.mirror.clock >= clock;
    if (isThere()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (caughtUp: boolean) => {
        cancel();
        this.#onMirrored = () => undefined;
        resolve(caughtUp);
      };
      const cancel = this.#timers.after(CATCH_UP_MS, () => settle(false));
      this.#onMirrored = () => {
        if (isThere() || this.mirror.generation === undefined) settle(isThere());
      };
    });
  }

  async #beginAfresh(): Promise<void> {
    const now = this.#clock.monotonic();
    // Who is deaf would otherwise tick for ever, three times a second.
    if (this.#greeting && now - this.#greeting.sentAt < SILENCE_MS) return;
    this.#lease.end();
    const nonce = randomUUID();
    this.#greeting = { nonce, sentAt: now };
    await this.#server.raise({ fields: [], kind: 'hard' }, nonce);
  }

  #hear(change: BusChange): void {
    if (change.nonce !== '' && change.nonce === this.#greeting?.nonce) {
      this.#greeting = undefined;
      this.mirror.begin(change.generation, change.clock);
      this.#holdSoon();
      return;
    }
    const applied = this.mirror.apply(change);
    if (applied === 'applied' && change.fields.length > 0) this.#acknowledge(change);
    if (applied === 'gap') {
      this.#lease.end();
      if (!this.#greeting) this.#holdSoon();
    }
    this.#onMirrored();
  }

  #acknowledge({ raiser, generation, clock }: BusChange): void {
    if (raiser === this.#server.id) this.#acknowledgements.record(raiser, generation, clock);
    else this.#server.acknowledge(raiser, generation, clock);
  }
}
