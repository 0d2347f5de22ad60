import { TASKS, type TaskAnswer, type TaskInput, type TaskName } from './tasks.js';

/** One task of an AnalystPool: what its threads are asked for by name. */
export function runTask<N extends TaskName>({ name, input }: { name: N; input: TaskInput<N> }): TaskAnswer<N> {
  return TASKS[name](input);
}
