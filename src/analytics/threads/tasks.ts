import type { CandleColumns } from '../../market/candle-columns.js';
import { runBacktest, type BacktestReport } from '../backtest/run-backtest.js';
import type { BacktestSettings } from '../backtest/simulate.js';
import { trainModel, type DirectionModel } from '../prediction/train-model.js';

/** What a task is handed and what it answers: what can be cloned, and no class of ours, which would arrive as a plain object. */
interface TaskTable {
  readonly runBacktest: {
    readonly input: { readonly bars: CandleColumns; readonly settings: BacktestSettings };
    readonly answer: BacktestReport;
  };
  readonly trainModel: {
    readonly input: { readonly bars: CandleColumns };
    readonly answer: DirectionModel;
  };
}

export type TaskName = keyof TaskTable;
export type TaskInput<N extends TaskName> = TaskTable[N]['input'];
export type TaskAnswer<N extends TaskName> = TaskTable[N]['answer'];

/** What threads compute, each a pure function. Only they import this file for more than its types. */
export const TASKS: { readonly [N in TaskName]: (input: TaskInput<N>) => TaskAnswer<N> } = {
  runBacktest: ({ bars, settings }) => runBacktest(bars, settings),
  trainModel: ({ bars }) => trainModel(bars),
};
