import type { CacheLayer, CacheStatus } from '../../src/cache/index.js';

/**
 * What is recorded of a run. All times are ms on the coordinator's monotonic clock: clients, upstream and nemeses live in one process,
 * so that two events of different gateways can be put in order without comparing clocks.
 */
export interface Operation {
  readonly kind: 'read' | 'write' | 'refresh';
  readonly field: Field;
  /** One life of a gateway process: `g2.1` is the second start of gateway 2. */
  readonly gateway: string;
  readonly viewer?: string | undefined;
  /** Before the request was sent. */
  readonly start: number;
  /** When the whole answer was there. */
  readonly end: number;
  readonly outcome: Answered | Failed;
}

/**
 * The fields of the gateways' schema. `lagging` is served stale, `lasting` to its TTL by a gateway that is alone;
 * `board` is a composite too, of registers that are seldom written.
 */
export type Field = 'register' | 'lagging' | 'lasting' | 'mine' | 'composite' | 'board';

export interface Answered {
  readonly type: 'answered';
  /** What was read; of a write what it wrote. */
  readonly readings: readonly Reading[];
  /** Of a write: what its payload read after the invalidation. */
  readonly payload?: Reading | undefined;
  /** The gateway did not believe Redis at some moment of the request. */
  readonly alone: boolean;
  /** The invalidation could not reach Redis yet. */
  readonly pending: boolean;
}

export interface Failed {
  readonly type: 'failed';
  readonly error: string;
}

/** The version of one register that an answer held. */
export interface Reading {
  readonly key: string;
  readonly version: number;
  /** To whom a private register belongs. */
  readonly viewer?: string | undefined;
  readonly status?: CacheStatus | undefined;
  readonly layer?: CacheLayer | null | undefined;
  /** False: the gateway says that it could not keep the value. */
  readonly kept?: boolean | undefined;
}

/** A register took a version: the moment from which a read of the upstream answers it. */
export interface Applied {
  readonly key: string;
  readonly version: number;
  readonly at: number;
}

/** A gateway read a register at the upstream to compute a value: from the question's arrival to the answer's leaving. */
export interface Computation {
  readonly key: string;
  readonly gateway: string;
  readonly start: number;
  readonly end: number;
}

/** Something that a nemesis did. */
export interface Disturbance {
  readonly what: string;
  /** The life of the gateway that it was done to. */
  readonly gateway?: string | undefined;
  /** It excuses nothing. */
  readonly harmless: boolean;
  readonly start: number;
  /** Undefined: it still goes on. */
  end: number | undefined;
}
