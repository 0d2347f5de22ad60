import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A Node process of a bench. It ends with the bench, however that ends. */
export interface Child {
  readonly pid: number;
  /** Waits for a line of its standard output; rejects, with what it printed, where it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Calls one of the functions that it serves (serve-calls.ts). */
  call<T>(name: string, ...args: readonly unknown[]): Promise<T>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  /** All that it knows of an environment beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** For Node. `['--import', 'tsx']` by default, so that it runs TypeScript. */
  readonly execArgv?: readonly string[];
}

/** Starts `file`, a path from the project's folder. */
export function startChild(file: string, { env = {}, execArgv = ['--import', 'tsx'] }: ChildOptions = {}): Child {
  const process = fork(file, {
    env: { PATH: globalThis.process.env['PATH'], HOME: globalThis.process.env['HOME'], ...env },
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Numbers that JSON has not, and Maps, arrive as they are.
    serialization: 'advanced',
  });
  const output = new Output(process);
  const calls = new Calls(process, () => output.text);
  running.add(process);
  process.once('exit', () => running.delete(process));
  return {
    pid: process.pid ?? NaN,
    printed: (pattern) => output.printed(pattern),
    call: <T>(name: string, ...args: readonly unknown[]) => calls.call(name, args) as Promise<T>,
    kill: (signal) => void process.kill(signal),
    stop: async () => {
      if (process.exitCode !== null || process.signalCode !== null) return;
      const ended = once(process, 'exit');
      process.kill('SIGKILL');
      await ended;
    },
  };
}

/** Private: to be ended with us. */
const running = new Set<ChildProcess>();
globalThis.process.once('exit', () => running.forEach((process) => process.kill('SIGKILL')));

/** Private: what it printed, for its readiness and for the message where it fails. */
class Output {
  text = '';
  readonly #process: ChildProcess;

  constructor(process: ChildProcess) {
    this.#process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.text = (this.text + text).slice(-20_000)));
    }
  }

  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.text);
        if (match) resolve(match);
      };
      this.#process.stdout?.on('data', look);
      this.#process.once('exit', () => reject(new Error(`It ended before it printed ${pattern}:\n${this.text}`)));
      look();
    });
  }
}

/** Private: which answer belongs to which call. */
class Calls {
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #process: ChildProcess;
  #last = 0;

  constructor(process: ChildProcess, output: () => string) {
    this.#process = process;
    process.on('message', (answer) => this.#settle(answer as CallAnswer));
    process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`It ended before it answered:\n${output()}`));
    });
  }

  call(name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = (this.#last += 1);
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, name, args }, (error) => error && reject(error));
    });
  }

  #settle({ id, value, error }: CallAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(error);
    else waiting?.resolve(value);
  }
}

/** Private */
interface CallAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Error;
}
