import type { StrategyName } from '../strategy.js';

/** A strategy as it is shown, to fill in a form. */
export interface StrategyDescription {
  readonly name: StrategyName;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ParameterDescription[];
}

export interface ParameterDescription {
  readonly name: string;
  readonly description: string;
  readonly default: number;
  /** Both ends are allowed. */
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** The parameter of the same strategy that it must be less than. */
  readonly below?: string;
}

/** A number of bars that an indicator looks at. */
export function periodParameter(
  period: Pick<ParameterDescription, 'name' | 'description' | 'default' | 'min' | 'below'>,
): ParameterDescription {
  return { ...period, max: 1_000, integer: true };
}
