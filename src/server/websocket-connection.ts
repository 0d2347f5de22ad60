import type { IncomingMessage } from 'node:http';
import { GraphQLError, GraphQLSchema, parse, type ExecutionArgs } from 'graphql';
import { CloseCode, makeServer, type SubscribePayload } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import type { RawData, WebSocket } from 'ws';
import { toError } from '../support/to-error.js';
import type { Results } from './error-codes.js';
import type { Graphql } from './graphql.js';
import type { Mask } from './mask-error.js';
import type { CallerHeaders } from './request-context.js';

/** Operations that one connection may run at once. */
export const MAX_OPERATIONS = 100;
/** What may wait to be sent before a connection is read no further, bytes. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Codes of closing that are none of graphql-ws's own (RFC 6455, section 7.4.1, and IANA's registry). */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export interface WebsocketConnectionOptions {
  readonly graphql: Pick<Graphql, 'operate' | 'admits'>;
  readonly mask: Mask;
  readonly timeouts: WebsocketTimeouts;
}

/** How long a client may be silent, ms. */
export interface WebsocketTimeouts {
  /** From the handshake to connection_init. */
  readonly init: number;
  /** After a ping, which is sent as often. */
  readonly ping: number;
  /** After the server has begun to close. */
  readonly goodbye: number;
}

/**
 * A connection of graphql-transport-ws (github.com/enisdenjo/graphql-ws, PROTOCOL.md). The library knows the protocol; it is driven here
 * and not by its own `useServer`, which tells the console and the client what we mask.
 *
 * A client that does not read cannot make us keep much: an operation is asked for its next result when the last one has been sent, and
 * while more than a megabyte waits nothing is read. Who reads nothing for long misses a ping, and is cut off.
 */
export class WebsocketConnection {
  readonly #socket: WebSocket;
  readonly #options: WebsocketConnectionOptions;
  /** Of the handshake, which no page can set, and over them those of connection_init. */
  #headers: CallerHeaders;
  /** Messages that are being handled: that of an operation until the operation has ended. */
  #handling = 0;
  /** The operations among them that are subscriptions. */
  readonly #subscriptions = new Set<string>();
  #isClosing = false;
  /** Ends what runs. */
  readonly #leave: (code: number) => Promise<void>;

  constructor(socket: WebSocket, handshake: IncomingMessage, options: WebsocketConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#headers = handshake.headers;
    this.#leave = this.#open();
    // What a client does wrong in its frames: ws closes the connection with the code that says so.
    socket.on('error', () => undefined);
    socket.once('close', (code: number) => void this.#leave(code));
    this.#keepAlive();
  }

  /** Closes once the queries and mutations that run are answered. Subscriptions end with it: their clients connect anew elsewhere. */
  close(): void {
    this.#isClosing = true;
    if (this.#handling > this.#subscriptions.size || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.close(GOING_AWAY, 'Going away');
    void this.#leave(GOING_AWAY);
    const { goodbye } = this.#options.timeouts;
    setTimeout(() => this.#socket.terminate(), goodbye).unref();
  }

  #open(): (code: number) => Promise<void> {
    const protocol = makeServer<Record<string, unknown>>({
      connectionInitWaitTimeout: this.#options.timeouts.init,
      onConnect: ({ connectionParams }) => this.#connect(connectionParams ?? {}),
      onSubscribe: ({ subscriptions }, id, payload) => this.#start(id, payload, Object.keys(subscriptions).length),
      execute: ({ rootValue }) => rootValue as Results,
      onComplete: (_, id) => void this.#subscriptions.delete(id),
    });
    const socket = this.#socket;
    return protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => this.#send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => socket.on('message', (data) => void this.#handle(data, handle)),
      },
      undefined,
    );
  }

  /** A token that is wrong is told at once, by 4403, upon which clients may get another one and try again. */
  async #connect(parameters: Readonly<Record<string, unknown>>): Promise<boolean> {
    this.#headers = { ...this.#headers, ...toHeaders(parameters) };
    if (await this.#options.graphql.admits(this.#headers)) return true;
    this.#socket.close(CloseCode.Forbidden, 'The token is wrong, has expired or was revoked');
    return false;
  }

  async #start(id: string, payload: SubscribePayload, running: number): Promise<ExecutionArgs | GraphQLError[]> {
    if (running > MAX_OPERATIONS) return [tooManyOperations()];
    const results = await this.#options.graphql.operate(payload, this.#headers);
    if (isAsyncIterable(results)) {
      this.#subscriptions.add(id);
      if (this.#isClosing) this.close();
    } else if (results.errors && !('data' in results)) {
      return [...results.errors];
    }
    return { ...EXECUTED, rootValue: results };
  }

  async #handle(data: RawData, handle: (data: string) => Promise<void>): Promise<void> {
    if (this.#isClosing) return;
    this.#handling++;
    try {
      // ws hands out buffers unless it is asked for anything else.
      await handle(Buffer.isBuffer(data) ? data.toString() : '');
    } catch (error) {
      this.#fail(toError(error));
    } finally {
      this.#handling--;
      if (this.#isClosing) this.close();
    }
  }

  #fail(error: Error): void {
    // Nothing is wrong where the client went while it was written to.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (NOT_FOR_SERVERS.test(error.message)) {
      this.#socket.close(CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    this.#options.mask(error);
    // And not graphql-ws's 4500, after which its client never comes again: a database may be away for a minute.
    this.#socket.close(TRY_AGAIN_LATER, 'Something went wrong on our side');
  }

  /** Resolves once the data has left the process: the library waits for that before it takes the operation's next result. */
  #send(data: string): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      socket.send(data, (error) => {
        if (socket.isPaused && socket.bufferedAmount <= MAX_UNSENT_BYTES) socket.resume();
        if (error) reject(error);
        else resolve();
      });
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.pause();
    });
  }

  #keepAlive(): void {
    const socket = this.#socket;
    let isAlive = true;
    const pinging = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, this.#options.timeouts.ping);
    socket.on('pong', () => (isAlive = true)).once('close', () => clearInterval(pinging));
  }
}

/** Private: what graphql-ws says of a message that only a server sends. */
const NOT_FOR_SERVERS = /^Unexpected message of type /;

/** Private: graphql-ws executes what it is handed: here what has been executed. */
const EXECUTED: ExecutionArgs = { schema: new GraphQLSchema({}), document: parse('{ executed }') };

/**
 * Private: names of headers have no case, and `token` is a bearer's where there is no authorization. What is null was left out; what is
 * no text is no token, and is refused as one.
 */
function toHeaders(parameters: Readonly<Record<string, unknown>>): CallerHeaders {
  const present = Object.entries(parameters).filter(([, value]) => value != null);
  const given = new Map(present.map(([name, value]) => [name.toLowerCase(), value]));
  const token = given.get('token');
  const authorization = given.get('authorization') ?? (typeof token === 'string' ? `Bearer ${token}` : token);
  const headers = Object.entries({ authorization, 'x-cache-trace': given.get('x-cache-trace') });
  const known = headers.filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Private */
function tooManyOperations(): GraphQLError {
  const rule = `A connection runs at most ${MAX_OPERATIONS} operations at once`;
  const details = { rule, received: MAX_OPERATIONS + 1, allowed: MAX_OPERATIONS };
  return new GraphQLError(`${rule}: wait for one to end, or open another connection.`, {
    extensions: { code: 'RATE_LIMITED', ...details },
  });
}
