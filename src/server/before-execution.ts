import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from './request-context.js';

/** What is about to be executed. */
export type Starting = ExecutionArgs & { readonly contextValue: RequestContext };

/** Checks what is about to be executed: a query, a mutation, a subscription and each of its events. An error is its answer. */
export function useBeforeExecution(check: (args: Starting) => GraphQLError | undefined): Plugin<RequestContext> {
  const hook = ({ args, setResultAndStopExecution }: Hooked) => {
    const error = check(args);
    if (error) setResultAndStopExecution({ errors: [error] });
  };
  return { onExecute: hook, onSubscribe: hook };
}

/** Private: what both hooks are handed. */
interface Hooked {
  readonly args: Starting;
  readonly setResultAndStopExecution: (result: ExecutionResult) => void;
}
