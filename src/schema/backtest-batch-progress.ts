import { Gathering, type Gathered } from '../support/gathering.js';
import { systemTimers } from '../support/timers.js';
import { batchCost, toBatchKeys } from './backtest-batch.js';
import { BacktestBatchInput } from './backtest-input.js';
import { BacktestResultType, loadOutcomes, toResult, type BacktestOutcome } from './backtest-result.js';
import { builder } from './builder.js';

/** Results that come within it are told together, ms. */
const GATHER_MS = 50;

interface BacktestProgress extends Omit<Gathered<unknown>, 'values'> {
  readonly results: readonly ReturnType<typeof toResult>[];
}

const BacktestProgressType = builder.objectRef<BacktestProgress>('BacktestProgress').implement({
  description: 'How far a batch is.',
  fields: (t) => ({
    done: t.exposeInt('done', { description: 'How many are there, or have failed, so far.' }),
    total: t.exposeInt('total', { description: 'How many there are: the length of symbols.' }),
    results: t.field({
      type: [BacktestResultType],
      description: 'What this event adds, in the order in which it came.',
      resolve: ({ results }) => [...results],
    }),
    finished: t.boolean({
      description: 'Whether this is the last event.',
      resolve: ({ done, total }) => done === total,
    }),
  }),
});

/** An outcome with the symbol as it was asked for. */
interface Asked {
  readonly asked: string;
  readonly outcome: BacktestOutcome | Error;
}

builder.subscriptionField('backtestBatchProgress', (t) =>
  t.field({
    type: BacktestProgressType,
    complexity: ({ input }, context) => batchCost(input, context),
    description:
      'Starts a batch or joins it: first what the cache has, then results as they come. What nobody waits for any more is given up; backtestBatch of the same input then reads the cache.',
    args: {
      input: t.arg({ type: BacktestBatchInput, required: true, description: 'What to try, on what, and how.' }),
    },
    subscribe: async (_, { input }, { loaders, market, provenance }): Promise<AsyncIterable<Gathered<Asked>>> => {
      const keys = toBatchKeys(input, market);
      const stop = new AbortController();
      const loading = await loadOutcomes(loaders.backtestsUntil(stop.signal), keys, { provenance });
      const asked = loading.map((each, i) => each.then((outcome) => ({ asked: input.symbols[i] ?? '', outcome })));
      return new Gathering(asked, { timers: systemTimers, forMs: GATHER_MS, onLeave: () => stop.abort() });
    },
    resolve: ({ values, done, total }, _, context) => ({
      done,
      total,
      results: values.map(({ outcome, asked }) => toResult(outcome, asked, context)),
    }),
  }),
);
