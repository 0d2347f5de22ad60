import { STRATEGIES } from '../analytics/backtest/strategies/catalogue.js';
import type {
  ParameterDescription,
  StrategyDescription,
} from '../analytics/backtest/strategies/strategy-description.js';
import { builder } from './builder.js';

const StrategyParameterType = builder.objectRef<ParameterDescription>('StrategyParameter').implement({
  description: 'A number that a strategy is set by.',
  fields: (t) => ({
    name: t.exposeString('name', { description: "The field of the strategy's input." }),
    description: t.exposeString('description', { description: 'For people.' }),
    default: t.exposeFloat('default', { description: 'What it is where it is not given.' }),
    min: t.exposeFloat('min', { description: 'The least that is allowed.' }),
    max: t.exposeFloat('max', { description: 'The most that is allowed.' }),
    integer: t.exposeBoolean('integer', { description: 'Whether it is a whole number.' }),
  }),
});

const StrategyType = builder.objectRef<StrategyDescription>('Strategy').implement({
  description: 'A trading rule that can be backtested.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The field of StrategyInput.' }),
    title: t.exposeString('title', { description: 'For people.' }),
    description: t.exposeString('description', { description: 'When it buys and sells.' }),
    parameters: t.field({
      type: [StrategyParameterType],
      description: 'In the order of the input.',
      resolve: ({ parameters }) => [...parameters],
    }),
  }),
});

builder.queryField('strategies', (t) =>
  t.field({
    type: [StrategyType],
    cache: 'never',
    description: 'What backtest can run, with all that a form needs to know.',
    resolve: () => [...STRATEGIES],
  }),
);
