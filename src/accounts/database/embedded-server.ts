import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';

/** What the thread is asked: whole messages of the Postgres protocol, or to write everything out and end. */
export type EmbeddedServerRequest = Uint8Array | 'close';

/** Postgres (PGlite) in a thread of its own: it computes without a pause, and this thread goes on meanwhile. */
export class EmbeddedServer {
  /** Resolves when the thread is gone: to undefined where it was closed, else to the reason. */
  readonly ended: Promise<Error | undefined>;
  readonly #worker: Worker;
  /** Who waits for an answer, in the order of the requests. */
  readonly #waiting: { resolve: (answer: Uint8Array) => void; reject: (reason: Error) => void }[] = [];
  #closing = false;
  /** Why nothing is answered any more. */
  #refusal: Error | undefined;

  private constructor(folder: string) {
    this.#worker = startWorker(folder);
    this.#worker.on('message', (answer: Uint8Array) => this.#waiting.shift()?.resolve(answer));
    this.ended = this.#watch(folder);
  }

  /** Opens the database of a folder, and makes it first where there is none; `memory://` is not on disk. */
  static async open(folder: string): Promise<EmbeddedServer> {
    const server = new EmbeddedServer(folder);
    await server.#nextAnswer();
    return server;
  }

  /** Rejects where the thread is gone, or goes before it has answered. */
  async ask(messages: Uint8Array): Promise<Uint8Array> {
    if (this.#refusal) throw this.#refusal;
    this.#worker.postMessage(messages);
    return this.#nextAnswer();
  }

  /** Rejects where the end was not a clean one. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#worker.postMessage('close');
    const failure = await this.ended;
    if (failure) throw failure;
  }

  /** Private */
  #nextAnswer(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Private */
  #watch(folder: string): Promise<Error | undefined> {
    let failure: Error | undefined;
    this.#worker.once('error', (cause) => {
      // The file system of PGlite throws what is no Error.
      const reason = cause instanceof Error ? cause.message : inspect(cause);
      failure = new Error(`The embedded database in ${folder} failed: ${reason}.`, { cause });
    });
    return new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        if (!this.#closing)
          failure ??= new Error(`The embedded database in ${folder} ended by itself, with code ${code}.`);
        const refusal = failure ?? new Error(`The embedded database in ${folder} is closed.`);
        this.#refusal = refusal;
        for (const { reject } of this.#waiting.splice(0)) reject(refusal);
        resolve(failure);
      });
    });
  }
}

/** Private: from src/ the thread is TypeScript too, and tsx on Node 20 can't be asked for one in another way. */
function startWorker(folder: string): Worker {
  const name = './embedded-server-worker';
  if (import.meta.url.endsWith('.js')) return new Worker(new URL(`${name}.js`, import.meta.url), { argv: [folder] });
  const file = JSON.stringify(new URL(`${name}.ts`, import.meta.url));
  const start = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(start, { eval: true, argv: [folder], execArgv: [] });
}
