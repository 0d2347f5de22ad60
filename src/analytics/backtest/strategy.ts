/** A trading rule with its parameters; periods and waits count bars. */
export type Strategy =
  | { readonly name: 'smaCross'; readonly fast: number; readonly slow: number }
  | {
      readonly name: 'rsiReversion';
      readonly period: number;
      /** RSI, 0 to 100. */
      readonly oversold: number;
      readonly overbought: number;
    }
  | { readonly name: 'macdCross'; readonly fast: number; readonly slow: number; readonly signal: number }
  | {
      readonly name: 'bollingerReversion';
      readonly period: number;
      /** Of the bands from the mean, in population standard deviations. */
      readonly deviations: number;
    }
  | { readonly name: 'donchianBreakout'; readonly period: number }
  | {
      readonly name: 'buyAndHold';
      /** Bars to wait before the purchase. */
      readonly afterBars: number;
    };

export type StrategyName = Strategy['name'];

/** The strategy of that name. */
export type StrategyOf<Name extends StrategyName> = Extract<Strategy, { readonly name: Name }>;
