import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Compute } from '../../../src/cache/index.js';

/** What instances in several processes compute from, a folder. What was begun is known of a process too that has been killed since. */
export class SharedUpstream {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** One in an empty folder, which holds 1. */
  static create(folder: string): SharedUpstream {
    const upstream = new SharedUpstream(folder);
    upstream.value = 1;
    writeFileSync(upstream.#file('calls'), '');
    return upstream;
  }

  get value(): number {
    return Number(readFileSync(this.#file('value'), 'utf8'));
  }

  set value(value: number) {
    writeFileSync(this.#file('value'), String(value));
  }

  /** Computations begun by all processes, a key each. */
  get calls(): number {
    return readFileSync(this.#file('calls')).length;
  }

  /** As {@link Upstream}: it reads first, and may then be held. */
  readonly compute: Compute<number> = async (misses) => {
    const { value } = this;
    appendFileSync(this.#file('calls'), '.'.repeat(misses.length));
    while (existsSync(this.#file('held'))) await delay(5);
    return misses.map(() => value);
  };

  /** Computations begin and do not end until what is returned has been called. */
  hold(): () => void {
    writeFileSync(this.#file('held'), '');
    return () => rmSync(this.#file('held'));
  }

  #file(name: string): string {
    return join(this.folder, name);
  }
}
