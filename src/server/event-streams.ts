import type { ServerResponse } from 'node:http';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { isAsyncIterable, processRegularResult, type Plugin } from 'graphql-yoga';
import type { RequestContext, ServerContext } from './request-context.js';

/** How long a client may leave a result untaken, ms. */
const STALLED_MS = 30_000;

const STREAM: ReadonlySet<string> = new Set(['text/event-stream', 'text/*', '*/*']);

/** The subscriptions that HTTP answers, by streams of events (GraphQL over SSE, distinct connections mode). */
export interface EventStreams {
  readonly plugin: Plugin<RequestContext, ServerContext>;
  /** Ends those that run, and those that still come. */
  readonly end: () => void;
}

/** Yoga writes the streams; this says who gets one, and ties them to their connections and to the life of the server. */
export function createEventStreams(stalledMs = STALLED_MS): EventStreams {
  const running = new Set<ConnectedStream>();
  let isOver = false;
  const connect = (results: AsyncIterable<ExecutionResult>, response: ServerResponse) => {
    const stream = new ConnectedStream(results, response, stalledMs);
    running.add(stream);
    response.once('close', () => {
      running.delete(stream);
      void stream.return();
    });
    // Its client may have gone, or the server begun to close, while it was subscribed.
    if (response.destroyed || isOver) void stream.return();
    return stream;
  };
  return {
    end: () => {
      isOver = true;
      for (const stream of running) void stream.return();
    },
    plugin: {
      onSubscribe({ args: { contextValue }, setResultAndStopExecution }) {
        const accept = contextValue.request.headers.get('accept') ?? '*/*';
        if (!acceptsStream(accept)) setResultAndStopExecution({ errors: [notAccepted(accept)] });
      },
      onResultProcess(processing) {
        const { result, resultProcessor, serverContext } = processing;
        const { res } = serverContext;
        if (isAsyncIterable<ExecutionResult>(result) && res) processing.setResult(connect(result, res));
        // The error above, to a client that does not accept JSON either.
        if (!resultProcessor) processing.setResultProcessor(processRegularResult, 'application/json');
      },
      onResponse({ response: { headers } }) {
        if (headers.get('Content-Type') !== 'text/event-stream') return;
        headers.set('Cache-Control', 'no-store');
        // nginx would collect events until a buffer is full.
        headers.set('X-Accel-Buffering', 'no');
        // Yoga sets them. There is no coding "none", and whether a connection stays open is Node's to say.
        headers.delete('Content-Encoding');
        headers.delete('Connection');
      },
    },
  };
}

/**
 * Results on their way to a client. Yoga asks for the next one when there is room for it: a client that does not read keeps its last one
 * waiting, and is cut off. (A timeout of its socket would do, but Yoga switches that off.)
 */
class ConnectedStream implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #results: AsyncIterator<ExecutionResult>;
  readonly #response: ServerResponse;
  readonly #stalledMs: number;
  #stalled: NodeJS.Timeout | undefined;

  constructor(results: AsyncIterable<ExecutionResult>, response: ServerResponse, stalledMs: number) {
    this.#results = results[Symbol.asyncIterator]();
    this.#response = response;
    this.#stalledMs = stalledMs;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    clearTimeout(this.#stalled);
    const taken = await this.#results.next();
    if (taken.done) return { done: true, value: undefined };
    this.#stalled = setTimeout(() => this.#response.destroy(), this.#stalledMs).unref();
    return taken;
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    clearTimeout(this.#stalled);
    await this.#results.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Private: as Yoga reads the header. */
function acceptsStream(accept: string): boolean {
  const ranges = accept.toLowerCase().replaceAll(/\s/g, '').split(',');
  return ranges.some((range) => {
    const [type = '', ...parameters] = range.split(';');
    const charset = parameters.find((parameter) => parameter.startsWith('charset='));
    return STREAM.has(type) && (charset === undefined || charset === 'charset=utf-8');
  });
}

/** Private */
function notAccepted(received: string): GraphQLError {
  const rule =
    'A subscription is answered by a stream: with Accept: text/event-stream, or over a WebSocket at this address (graphql-transport-ws)';
  const details = { argument: 'Accept', rule, received, allowed: 'text/event-stream' };
  // As Yoga says what is wrong with a request of HTTP.
  const extensions = { code: 'BAD_REQUEST', ...details, http: { status: 406 } };
  return new GraphQLError(`${rule}, but Accept is ${received}.`, { extensions });
}
