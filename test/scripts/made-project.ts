import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENSURE = fileURLToPath(new URL('../../scripts/ensure.mjs', import.meta.url));

/** A run of scripts/ensure.mjs. */
export interface EnsureRun {
  readonly process: ChildProcess;
  /** What it said so far. */
  output: string;
  readonly ended: Promise<{ readonly exit: number | NodeJS.Signals | null; readonly output: string }>;
}

/**
 * A small project around scripts/ensure.mjs, with an npm and a compiler of its own that work as the real ones where it matters: npm
 * empties node_modules first and lists what it installed last, the compiler writes its output even where it finds faults.
 */
export class MadeProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-ensure-'));
  readonly #runs: ChildProcess[] = [];

  constructor() {
    this.write('package.json', { engines: { node: '>=18.0' }, type: 'module' });
    this.write('package-lock.json', { packages: { '': {}, ...PACKAGES } });
    this.write('tsconfig.json', {});
    this.write('src/main.ts', 'export const main = 1;');
    this.write('src/deep/part.ts', 'export const part = 1;');
    this.write('tools/npm-cli.js', NPM);
    mkdirSync(this.path('scripts'));
    cpSync(ENSURE, this.path('scripts/ensure.mjs'));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  write(name: string, content: string | object): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), typeof content === 'string' ? content : JSON.stringify(content));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  /** What ran since the last time, in order: `npm` or `tsc`, with its arguments, and what they found in their environment. */
  takeLog(): string[] {
    if (!this.has('log')) return [];
    const lines = readFileSync(this.path('log'), 'utf8').trim().split('\n');
    this.remove('log');
    return lines;
  }

  /** Which of npm and the compiler ran since the last time. */
  takeWork(): string[] {
    return this.takeLog().flatMap((line) => /^(npm|tsc) /.exec(line)?.[1] ?? []);
  }

  run(args: readonly string[] = ['build'], env: NodeJS.ProcessEnv = {}): EnsureRun {
    const child = spawn(process.execPath, ['scripts/ensure.mjs', ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: this.folder, npm_execpath: this.path('tools/npm-cli.js'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#runs.push(child);
    const run: EnsureRun = {
      process: child,
      output: '',
      ended: new Promise((resolve) => {
        child.once('close', (code, signal) => resolve({ exit: code ?? signal, output: run.output }));
      }),
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (run.output += text));
    }
    return run;
  }

  discard(): void {
    for (const child of this.#runs) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Private: one for everybody, one for this machine, one for another. The compiler is one of them. */
const PACKAGES = {
  'node_modules/typescript': { version: '1.0.0', integrity: 'sha512-typescript', dev: true },
  'node_modules/here': {
    version: '1.0.0',
    integrity: 'sha512-here',
    optional: true,
    os: [process.platform],
    cpu: [process.arch],
  },
  'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-elsewhere', optional: true, os: ['elsewhere'] },
};

/** Private: a file `hold-npm` holds it for as long as it is there; `fail-npm` makes it fail. */
const TOOL = `
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
const log = (line) => appendFileSync('log', line + '\\n');
const hold = (name) => { while (existsSync(name)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); };
`;

/** Private */
const TSC = `${TOOL}
log('tsc ' + process.argv.slice(2).join(' '));
let faults = 0;
for (const path of readdirSync('src', { recursive: true }).filter((it) => it.endsWith('.ts'))) {
  const text = readFileSync('src/' + path, 'utf8');
  if (text.includes('fault')) { console.log(path + ': error TS1: a fault'); faults++; }
  mkdirSync(('dist/' + path).replace(/[^/]*$/, ''), { recursive: true });
  for (const ending of ['.js', '.js.map']) writeFileSync('dist/' + path.replace(/\\.ts$/, ending), text);
}
hold('hold-tsc');
process.exit(faults ? 2 : 0);
`;

/** Private */
const NPM = `${TOOL}
log('npm ' + process.argv.slice(2).join(' '));
log('cache ' + process.env.npm_config_cache + ' ' + existsSync(process.env.npm_config_cache ?? ''));
if (existsSync('fail-npm')) { console.error('npm error 404'); process.exit(1); }
rmSync('node_modules', { recursive: true, force: true });
const { '': root, ...packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
for (const [path, { os }] of Object.entries(packages)) {
  if (os && !os.includes(process.platform)) { delete packages[path]; continue; }
  mkdirSync(path + '/bin', { recursive: true });
  writeFileSync(path + '/package.json', '{ "type": "module" }');
  writeFileSync(path + '/bin/tsc', ${JSON.stringify(TSC)});
}
hold('hold-npm');
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;
