import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { isAsyncIterable, type Plugin, type YogaInitialContext, type YogaServerInstance } from 'graphql-yoga';
import { toError } from '../support/to-error.js';
import type { Mask } from './mask-error.js';
import type { RequestContext, ServerContext } from './request-context.js';

/**
 * Executes each event of a subscription as a query is executed: by all plugins, and with a context of its own. So an event reads nothing
 * that an earlier one has loaded, has its own `extensions.cache`, and asks anew who its viewer is: the first one after the end of the
 * session is UNAUTHENTICATED and the last. (graphql has one context for all events: graphql-js issue 894.)
 */
export function useSubscriptionEvents(mask: Mask): Plugin<RequestContext> {
  let getEnveloped: YogaServerInstance<ServerContext, RequestContext>['getEnveloped'];
  const executeEvent = async (args: ExecutionArgs, rootValue: unknown): Promise<Executed> => {
    const { req, request, params } = args.contextValue as RequestContext & YogaInitialContext;
    const { contextFactory, execute } = getEnveloped({ req, request, params });
    const contextValue = await contextFactory();
    const result = (await execute({ ...args, rootValue, contextValue })) as ExecutionResult;
    return { result, isLast: contextValue.rejected };
  };
  return {
    onYogaInit({ yoga }) {
      getEnveloped = yoga.getEnveloped;
    },
    onExecute({ args, setExecuteFn }) {
      const { document, operationName } = args as ExecutionArgs;
      // Of a subscription it is an event that is executed; Yoga's own function would subscribe once more.
      if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION) setExecuteFn(execute);
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const source = await createSourceEventStream(args);
        if (!isAsyncIterable(source)) return source;
        return new SubscriptionResults(source, { execute: (event) => executeEvent(args, event), mask });
      });
    },
  };
}

interface Executed {
  readonly result: ExecutionResult;
  /** Nothing may follow. */
  readonly isLast: boolean;
}

interface SubscriptionResultsOptions {
  readonly execute: (event: unknown) => Promise<Executed>;
  readonly mask: Mask;
}

const DONE = { done: true, value: undefined } as const;

/**
 * A result for each event of a source. A failure of the source or of an execution is the last result: it never rejects. An event is
 * asked of the source only when its result is asked for, one after the other. `return` ends the source at once, and what is
 * asked for at the time is done: it waits for no event that may never come.
 */
class SubscriptionResults implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #source: AsyncIterator<unknown>;
  readonly #options: SubscriptionResultsOptions;
  #isOver = false;
  #answer: (result: IteratorResult<ExecutionResult, undefined>) => void = () => {};

  constructor(source: AsyncIterable<unknown>, options: SubscriptionResultsOptions) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
  }

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      if (this.#isOver) resolve(DONE);
      else void this.#advance().then(resolve);
    });
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    void this.#end();
    this.#answer(DONE);
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #advance(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      const taken: IteratorResult<unknown, unknown> = await this.#source.next();
      if (taken.done) {
        this.#isOver = true;
        return DONE;
      }
      const { result, isLast } = await this.#options.execute(taken.value);
      if (isLast) void this.#end();
      return { done: false, value: result };
    } catch (thrown) {
      void this.#end();
      const originalError = toError(thrown);
      return { done: false, value: { errors: [new GraphQLError(originalError.message, { originalError })] } };
    }
  }

  /** The source is told in this very turn; a generator that waits for something ends when it has come. */
  async #end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      await this.#source.return?.();
    } catch (error) {
      this.#options.mask(error);
    }
  }
}
