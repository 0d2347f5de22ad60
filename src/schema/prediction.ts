import type { ForecastScore } from '../analytics/prediction/forecast-score.js';
import { invalidate, isForced } from '../field-cache/index.js';
import { modelTag } from '../loaders/models.js';
import { predictionPolicy, type Prediction } from '../loaders/predictions.js';
import { symbolArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { ANALYSIS_COST, TRAINING_COST } from './cost.js';
import { TimeframeEnum } from './timeframe.js';

const PredictedDirectionEnum = builder.enumType('PredictedDirection', {
  description: 'Where a model expects the next close. No advice: costs are not looked at.',
  values: {
    UP: { description: 'More likely above the last close.' },
    DOWN: { description: 'More likely not above it.' },
    NEUTRAL: {
      description:
        'Nothing can be said: the model did not beat its baseline, or the probability is within 0.02 of 0.5.',
    },
  } as const,
});

const WalkForwardType = builder.objectRef<ForecastScore>('WalkForward').implement({
  description:
    'How good predicting so has been: models fitted to 500 candles, each tried on the 50 that came after, one left between, then fitted anew. Of the candles that the model was trained on and those before.',
  fields: (t) => ({
    n: t.exposeInt('n', { description: 'How many predictions were tried.' }),
    accuracy: t.exposeFloat('accuracy', { description: 'Share of them whose direction came, 0 to 1.' }),
    ciLow: t.exposeFloat('ciLow', { description: "Lower end of the accuracy's 95 % interval (Wilson)." }),
    ciHigh: t.exposeFloat('ciHigh', { description: "Upper end of the accuracy's 95 % interval (Wilson)." }),
    baselineAccuracy: t.exposeFloat('baselineAccuracy', {
      description: 'The accuracy of always saying what was commoner among the candles fitted to.',
    }),
    balancedAccuracy: t.exposeFloat('balancedAccuracy', {
      description: 'Mean of the shares of ups and of others that were right; 0.5 for always saying the same.',
    }),
    brier: t.exposeFloat('brier', {
      description: 'Mean squared error of the probabilities: the less, the better; 0.25 for always saying 0.5.',
    }),
    baselineBrier: t.exposeFloat('baselineBrier', {
      description: 'The same of always saying the share of ups among the candles fitted to.',
    }),
    beatsBaseline: t.exposeBoolean('beatsBaseline', {
      description:
        'True where ciLow is above baselineAccuracy and above 0.5, and brier is below baselineBrier. On most real series it is false.',
    }),
  }),
});

const PredictionType = builder.objectRef<Prediction>('Prediction').implement({
  description:
    'What a small logistic model expects of the candle after the last closed one. Read walkForward first: it says whether that is worth anything.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    direction: t.field({
      type: PredictedDirectionEnum,
      description: 'NEUTRAL unless the model beat its baseline.',
      resolve: ({ direction }) => direction,
    }),
    probabilityUp: t.exposeFloat('probabilityUp', {
      description: "The model's probability that the next candle closes above the last closed one, 0 to 1.",
    }),
    horizon: t.exposeInt('horizon', { description: 'How many candles ahead.' }),
    modelVersion: t.exposeString('modelVersion', {
      description: 'Of the training: another one for each, also where it came to the same weights.',
    }),
    trainedAt: t.field({
      type: 'DateTime',
      description: 'When the model was trained.',
      resolve: ({ trainedAt }) => trainedAt,
    }),
    trainedThrough: t.field({
      type: 'DateTime',
      description: 'Close of the last candle that it was trained on.',
      resolve: ({ trainedThrough }) => trainedThrough,
    }),
    samples: t.exposeInt('samples', { description: 'Candles that it was fitted to.' }),
    walkForward: t.field({
      type: WalkForwardType,
      description: 'How good predicting so has been.',
      resolve: ({ walkForward }) => walkForward,
    }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('prediction', (t) =>
  t.field({
    type: PredictionType,
    nullable: true,
    cachedBy: predictionPolicy,
    complexity: (args) => (isForced(args) ? TRAINING_COST : ANALYSIS_COST),
    description: 'The direction of the next candle of one symbol, by a model that is trained where there is none.',
    args: {
      symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'H1',
        description: 'One that the source has.',
      }),
    },
    resolve: async (_, args, { loaders, market }) =>
      loaders.predictions.load(
        { symbol: symbolArgument(args.symbol), timeframe: timeframeArgument(args.timeframe, market) },
        { force: isForced(args) },
      ),
  }),
);

builder.mutationField('retrainModel', (t) =>
  t.field({
    type: PredictionType,
    authScopes: { admin: true },
    complexity: TRAINING_COST,
    description:
      'Ends the model of a symbol, and all that was predicted with it, for everyone; trains another one and answers what that predicts.',
    args: {
      symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
      timeframe: t.arg({ type: TimeframeEnum, required: true, description: 'One that the source has.' }),
    },
    resolve: async (_, args, context) => {
      const key = {
        symbol: symbolArgument(args.symbol),
        timeframe: timeframeArgument(args.timeframe, context.market),
      };
      // Before the training and not after it, as `invalidates` would: that would end the new model too.
      await invalidate(context, [modelTag(key)]);
      return context.loaders.predictions.load(key);
    },
  }),
);
