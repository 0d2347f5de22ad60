import type { RedisScript } from './redis-script.js';

/** What is sent after a command's name. */
export type RedisArgument = string | number | Buffer;

/** One command, of one key. */
export interface RedisCommand {
  readonly name: string;
  /** Chooses the server of a cluster; it is not sent, and so stands among `args` too. */
  readonly key: string;
  /** All that follows the name. */
  readonly args: readonly RedisArgument[];
  /** Bulk strings of the reply come as Buffers. */
  readonly buffer?: boolean;
}

/** One call of a script: by its hash, and with its text where the server does not know it (yet, or after SCRIPT FLUSH). */
export interface RedisScriptCall {
  readonly script: RedisScript;
  /** KEYS, all of one hash slot; the first one chooses the server of a cluster. */
  readonly keys: readonly [string, ...string[]];
  readonly args: readonly RedisArgument[];
  readonly buffer?: boolean;
}

export type RedisRequest = RedisCommand | RedisScriptCall;

/**
 * The way to Redis: a server, a master that Sentinels name, or a cluster. It connects and reconnects by itself for ever, never waits for
 * a connection, keeps nothing back to send it later, and sends nothing a second time of which it is not known that it was not executed.
 */
export interface RedisLink {
  /**
   * Sends requests together: one round trip; on a cluster one to each node, side by side. The replies are in order. In the place of one
   * that Redis refused stands a {@link RefusedError}, of one that was not sent or not answered in time a {@link LinkError}; where that
   * is so of all, it rejects with it.
   *
   * What was certainly not executed is sent once more: a script that the server did not know, and what belongs to another node of
   * the cluster. That costs a further trip, and such a request comes after all others: do not count on the order of scripts in one send.
   */
  send(requests: readonly RedisRequest[]): Promise<readonly unknown[]>;
  /**
   * The same requests, all of one key, once on each connection that `send` may use for them now; the replies of each. Rejects where
   * one of the connections gives no reply, or where there is none.
   */
  sendOnEach(requests: readonly RedisRequest[]): Promise<readonly (readonly unknown[])[]>;
  /**
   * Names the connections by which `key` is reached now: another name after every reconnect, failover and move of its slot. Undefined
   * while there is none. Who trusts what he has read checks that it is the same before and after.
   */
  epochOf(key: string): string | undefined;
  /** Told, in the step in which it happens, when epochs may have changed: a connection came or went, a slot moved; or why not. */
  onChange(listener: () => void): void;
  /**
   * Listens on a connection of its own, on any node of a cluster. After it is lost another one is made, which subscribes before
   * `onState(true)`. What is published in between is lost.
   */
  subscribe(channels: readonly string[], listener: RedisListener): void;
  status(): RedisLinkStatus;
  /** Ends all connections; what waits for a reply rejects. */
  close(): Promise<void>;
}

export interface RedisListener {
  onMessage(channel: string, text: string): void;
  /** True: all channels are subscribed, as of now. False: they no longer are. */
  onState(subscribed: boolean): void;
}

export interface RedisLinkStatus {
  /** Ready: all servers that are needed can be sent to. */
  readonly state: 'connecting' | 'ready' | 'closed';
  /** Why it is not ready; undefined while it is, or before the first attempt has failed. */
  readonly lastError: string | undefined;
}

/** A request was not sent, or its outcome is not known: no connection, one that was lost, or no answer in time. */
export class LinkError extends Error {
  override name = 'LinkError';
  readonly code = 'LINK';
}

/** Redis answered with an error: WRONGTYPE, OOM, READONLY, CLUSTERDOWN … */
export class RefusedError extends Error {
  override name = 'RefusedError';
  readonly code = 'REFUSED';
  /** The first word of the message, as Redis has it: `OOM`. */
  readonly kind: string;

  constructor(message: string) {
    super(message);
    this.kind = message.split(' ', 1)[0] ?? '';
  }
}
