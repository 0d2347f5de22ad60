import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

export interface PasswordSource {
  /** Typed on a terminal, or the first line of a pipe. */
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Where the question appears, on a terminal. */
  readonly output: Writable;
}

/** Asks for a password. What is typed is not shown. Undefined where the input ends, or Ctrl-C is pressed, before a line does. */
export async function readPassword(question: string, { input, output }: PasswordSource): Promise<string | undefined> {
  const terminal = input.isTTY === true;
  // readline echoes what is typed into its output: here it is nowhere, and the terminal itself is told not to.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal });
  if (terminal) output.write(question);
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => resolve(undefined));
    });
  } finally {
    lines.close();
    if (terminal) output.write('\n');
  }
}
