import type { Disturbances } from './disturbances.js';
import type { Answered, Applied, Computation, Field, Operation, Reading } from './history.js';
import { DuplicateFinder, type Duplicate } from './duplicate-finder.js';
import { KeyHistory } from './key-history.js';
import { printHistory } from './print-history.js';
import { ReadingCounts } from './reading-counts.js';

/** Which promise was broken, and how it shows. */
export interface Violation {
  readonly rule: Rule;
  readonly key: string;
  /** When it was seen. */
  readonly at: number;
  readonly what: string;
  /** The history of the key around it, a line an event. */
  readonly history: readonly string[];
}

export type Rule =
  | 'invalidated value read'
  | 'own write unseen'
  | 'value past its life'
  | "another viewer's value"
  | 'refresh from before its request'
  | 'request failed'
  | 'endless wait'
  | 'duplicate computation';

/** How old a field's value may be, ms from the beginning of its computation. */
export interface FieldBounds {
  /** Wherever and however it is served: its TTL with its stale window. */
  readonly maxAgeMs: number;
  /** Served by a gateway that Redis does not answer. */
  readonly aloneMs: number;
}

export interface CheckerOptions {
  readonly bounds: Readonly<Record<Field, FieldBounds>>;
  readonly disturbances: Disturbances;
  /** By how much the clock of Redis, which counts the lives of entries, is stepped during the run, ms. */
  readonly clockStepMs?: number;
}

const LONGEST_WAIT_MS = 5_000;
const VIOLATIONS_KEPT = 20;

/**
 * Finds broken promises in a history, as it is recorded: events come in the order in which they ended. It never raises a false alarm,
 * because it uses nothing but the order of events on one clock: what was acknowledged before a read began binds that read, and what
 * overlaps it may be seen or not. Each event costs O(log n); what is remembered is bounded.
 */
export class Checker {
  readonly counts = new ReadingCounts();
  readonly violations: Violation[] = [];
  /** By rule, those that are not kept too. */
  readonly violationCounts = new Map<Rule, number>();
  operations = 0;
  readings = 0;
  computations = 0;
  /** Computations of a key at two gateways at one time that nothing excuses. */
  unexcusedAcross = 0;
  /** The history of the first of them. */
  acrossExample: readonly string[] = [];
  readonly #options: CheckerOptions;
  readonly #keys = new Map<string, KeyHistory>();
  readonly #duplicates: DuplicateFinder;

  constructor(options: CheckerOptions) {
    this.#options = options;
    this.#duplicates = new DuplicateFinder(options.disturbances, (duplicate) => this.#reportDuplicate(duplicate));
  }

  applied({ key, version, at }: Applied): void {
    this.#history(key).apply(at, version);
  }

  computed(computation: Computation): void {
    this.computations += 1;
    const history = this.#history(computation.key);
    history.remember(computation);
    this.#duplicates.add(computation, history);
  }

  /** Duplicates that overlapped one process alone, and those of several: counted whether they break a promise or not. */
  get duplicates(): { readonly within: number; readonly across: number } {
    return this.#duplicates.counts;
  }

  operation(operation: Operation): void {
    this.operations += 1;
    this.#checkWait(operation);
    const { outcome } = operation;
    if (outcome.type === 'failed') return this.#checkFailure(operation, outcome.error);
    for (const { key } of outcome.readings) this.#history(key).remember(operation);
    if (outcome.alone) this.#duplicates.alone(operation);
    if (operation.kind === 'write') return this.#checkWrite(operation, outcome);
    const wasFair = this.#options.disturbances.isFair(operation.start, operation.end);
    this.counts.add(operation.field, outcome, wasFair);
    for (const reading of outcome.readings) this.#checkReading(operation, outcome, reading);
    if (operation.kind === 'refresh') this.#checkRefresh(operation, outcome);
  }

  /** Judges what waited for events that might excuse it. */
  finish(): void {
    this.#duplicates.finish();
  }

  #history(key: string): KeyHistory {
    let history = this.#keys.get(key);
    if (!history) this.#keys.set(key, (history = new KeyHistory()));
    return history;
  }

  /** A gateway that was stopped is not to blame for the time of its standstill. */
  #checkWait(operation: Operation): void {
    const { gateway, start, end } = operation;
    const waited = end - start - this.#options.disturbances.lengthOf('gateway stopped', gateway, start, end);
    if (waited <= LONGEST_WAIT_MS) return;
    this.#report('endless wait', keyOf(operation), end, `${gateway} took ${Math.round(waited)} ms to answer`);
  }

  /** Whatever becomes of Redis, a gateway that lives answers. */
  #checkFailure(operation: Operation, error: string): void {
    const { gateway, start, end } = operation;
    if (this.#options.disturbances.lengthOf('gateway killed', gateway, start, end) > 0) return;
    this.#report('request failed', keyOf(operation), end, `${gateway} answered with a failure: ${error}`);
  }

  #checkWrite(operation: Operation, { readings, payload, pending }: Answered): void {
    for (const { key, version } of readings) {
      const history = this.#history(key);
      this.#duplicates.invalidated(key, operation);
      history.acknowledge(operation.end, version, operation.gateway);
      if (!pending) history.acknowledge(operation.end, version);
      if (payload && payload.version < version) {
        const what = `wrote version ${version}, and its own payload shows ${payload.version}`;
        this.#report('own write unseen', key, operation.end, what);
      }
    }
  }

  #checkReading(operation: Operation, { alone }: Answered, { key, version, viewer }: Reading): void {
    const { start, end, gateway, field } = operation;
    this.readings += 1;
    const history = this.#history(key);
    const bounds = this.#options.bounds[field];
    if (viewer !== undefined && viewer !== operation.viewer) {
      const what = `${operation.viewer ?? 'nobody'} was shown what belongs to ${viewer}`;
      return this.#report("another viewer's value", key, end, what);
    }
    const maxAgeMs = bounds.maxAgeMs + (this.#options.clockStepMs ?? 0);
    const alive = history.versionAt(start - maxAgeMs);
    if (version < alive) {
      const what = `version ${version} was read, ${alive} was there ${maxAgeMs} ms before the read began`;
      return this.#report('value past its life', key, end, what);
    }
    const own = history.acknowledgedAt(start, gateway);
    if (version < own) {
      const what = `version ${version} was read at ${gateway}, which had written ${own} itself`;
      return this.#report('own write unseen', key, end, what);
    }
    const acknowledged = history.acknowledgedAt(start);
    const bound = alone ? Math.min(acknowledged, history.versionAt(start - bounds.aloneMs)) : acknowledged;
    if (version < bound) {
      const what = alone
        ? `version ${version} was read at ${gateway}, alone, but ${bound} was there ${bounds.aloneMs} ms before the read began`
        : `version ${version} was read, ${acknowledged} was acknowledged before the read began`;
      this.#report('invalidated value read', key, end, what);
    }
  }

  /** What it is made of was read after it was asked for; once it has returned, nobody reads what was begun before it. */
  #checkRefresh(operation: Operation, { readings, alone }: Answered): void {
    for (const { key, version, kept } of readings) {
      const history = this.#history(key);
      this.#duplicates.invalidated(key, operation);
      const present = history.versionAt(operation.start);
      if (version < present) {
        const what = `version ${version} was answered, ${present} was there when the refresh was asked for`;
        this.#report('refresh from before its request', key, operation.end, what);
      }
      if (kept && !alone) history.acknowledge(operation.end, present);
    }
  }

  #reportDuplicate({ first, second, events }: Duplicate): void {
    // A lock that is lost costs a computation, which is no breach: how often that happens is for the report.
    if (first.gateway !== second.gateway) {
      this.unexcusedAcross += 1;
      if (this.unexcusedAcross > 1) return;
      this.acrossExample = printHistory(second.key, events, this.#options.disturbances);
      return;
    }
    const what = `two computations at one time at ${first.gateway}, though nothing was invalidated and Redis answered`;
    this.#report('duplicate computation', second.key, second.end, what, events);
  }

  #report(rule: Rule, key: string, at: number, what: string, events = this.#keys.get(key)?.recent() ?? []): void {
    this.violationCounts.set(rule, (this.violationCounts.get(rule) ?? 0) + 1);
    if (this.violations.length >= VIOLATIONS_KEPT) return;
    const history = printHistory(key, events, this.#options.disturbances);
    this.violations.push({ rule, key, at, what, history });
  }
}

/** Private */
function keyOf({ outcome, field }: Operation): string {
  return outcome.type === 'answered' ? (outcome.readings[0]?.key ?? field) : field;
}
