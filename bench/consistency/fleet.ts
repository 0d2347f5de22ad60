import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Disturbances } from './disturbances.js';
import type { ListeningMessage, SkewMessage } from './gateway.js';

/** One gateway process, from its start to its end. */
export interface GatewayLife {
  /** `g2.1`: the first life of gateway 2. */
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
}

export interface FleetOptions {
  readonly size: number;
  /** The compiled gateway. */
  readonly program: string;
  readonly environmentOf: (gateway: number) => Readonly<Record<string, string>>;
  readonly disturbances: Disturbances;
  /** Told of one that ended by itself, with its last words. */
  readonly onCrash: (name: string, words: string) => void;
}

const LISTENING_MS = 20_000;
const WORDS_KEPT = 4_000;

/** The gateways under test. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #lives: (GatewayLife | undefined)[];
  readonly #lifeCounts: number[];
  readonly #meantToEnd = new Set<ChildProcess>();

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#lives = Array.from({ length: options.size }, () => undefined);
    this.#lifeCounts = this.#lives.map(() => 0);
  }

  get size(): number {
    return this.#lives.length;
  }

  /** Undefined while it is down. */
  life(gateway: number): GatewayLife | undefined {
    return this.#lives[gateway];
  }

  async start(gateway: number): Promise<void> {
    const count = (this.#lifeCounts[gateway] = (this.#lifeCounts[gateway] ?? 0) + 1);
    const name = `g${gateway + 1}.${count}`;
    const child = spawn(process.execPath, ['--enable-source-maps', this.#options.program], {
      env: { PATH: process.env.PATH, ...this.#options.environmentOf(gateway), GATEWAY: name },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-WORDS_KEPT)));
    child.once('exit', () => {
      if (this.#meantToEnd.has(child)) return;
      if (this.#lives[gateway]?.child === child) this.#lives[gateway] = undefined;
      this.#options.onCrash(name, words);
    });
    const [message] = (await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(LISTENING_MS) }),
      once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start:\n${words}`))),
    ])) as [ListeningMessage];
    this.#lives[gateway] = { name, port: message.port, child };
  }

  /** SIGKILL; it stays down until it is started. */
  async kill(gateway: number): Promise<void> {
    const life = this.#lives[gateway];
    if (!life) return;
    // It has no end: this life never answers again.
    this.#options.disturbances.begin('gateway killed', { gateway: life.name });
    this.#lives[gateway] = undefined;
    await this.#end(life.child);
  }

  /** SIGSTOP; the function that is returned lets it go on. */
  stop(gateway: number): () => void {
    const life = this.#lives[gateway];
    if (!life) return () => undefined;
    const end = this.#options.disturbances.begin('gateway stopped', { gateway: life.name });
    life.child.kill('SIGSTOP');
    return () => {
      life.child.kill('SIGCONT');
      end();
    };
  }

  skew(gateway: number, skewMs: number): void {
    const message: SkewMessage = { skewMs };
    this.#lives[gateway]?.child.send(message);
  }

  async close(): Promise<void> {
    const children = this.#lives.flatMap((life) => life?.child ?? []);
    this.#lives.fill(undefined);
    await Promise.all(children.map((child) => this.#end(child)));
  }

  async #end(child: ChildProcess): Promise<void> {
    this.#meantToEnd.add(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
