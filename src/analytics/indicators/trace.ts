/**
 * The values of an indicator after each input: its state folded over them, so that the pure function and the incremental one cannot
 * differ. As long as `inputs`; `undefined` until warm.
 */
export function trace<State, Input, Value>(
  start: State,
  inputs: readonly Input[],
  advance: (state: State, input: Input) => State,
  get: (state: State) => Value,
): Value[] {
  let state = start;
  return inputs.map((input) => {
    state = advance(state, input);
    return get(state);
  });
}
