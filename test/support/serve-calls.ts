/** The other side of `Child.call`: answers calls by name with what the functions return, until the bench is gone. */
export function serveCalls(functions: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  process.on('message', (message) => void answer(functions, message as Call));
  process.once('disconnect', () => process.exit());
}

interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Private */
async function answer(functions: Parameters<typeof serveCalls>[0], { id, name, args }: Call): Promise<void> {
  try {
    const called = functions[name];
    if (!called) throw new TypeError(`It serves ${Object.keys(functions).join(', ')}, but was called for ${name}.`);
    process.send?.({ id, value: await called(...(args as never[])) });
  } catch (error) {
    process.send?.({ id, error });
  }
}
