import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EnsureRun, MadeProject } from './made-project.js';

const INSTALL_STAMP = 'node_modules/.tidemark-stamp';
const BUILD_STAMP = 'dist/.stamp';
const PROBE_MS = { timeout: 10_000, interval: 5 };

describe('scripts/ensure.mjs', () => {
  let project: MadeProject;

  beforeEach(() => {
    project = new MadeProject();
  });

  afterEach(() => {
    project.discard();
  });

  it('installs and builds on a fresh clone, saying what it does', async () => {
    expect(await project.run().ended).toEqual({
      exit: 0,
      output: 'Installing packages (npm ci) …\nBuilding (tsc) …\n',
    });
    expect(project.takeWork()).toEqual(['npm', 'tsc']);
    expect(project.has('dist/deep/part.js')).toBe(true);
    expect(locks()).toEqual([]);
  });

  it('builds only where it is told to', async () => {
    await project.run([]).ended;
    expect(project.takeWork()).toEqual(['npm']);
  });

  it('is silent and starts nothing where nothing is to be done', async () => {
    await ready();
    expect(await project.run().ended).toEqual({ exit: 0, output: '' });
    expect(project.takeWork()).toEqual([]);
  });

  it('says which Node it needs', async () => {
    project.write('package.json', { engines: { node: '>=99.7' } });
    const { exit, output } = await project.run().ended;
    expect({ exit, work: project.takeWork() }).toEqual({ exit: 1, work: [] });
    expect(output).toBe(`This needs Node 99.7 or newer, but ${process.execPath} is ${process.version}.\n`);
  });

  describe('packages', () => {
    it('asks for those of development too, whatever NODE_ENV says', async () => {
      await project.run([], { NODE_ENV: 'production' }).ended;
      expect(project.takeLog()[0]).toMatch(/^npm ci .*--include=dev/);
    });

    it('recognises a tree that npm made without it', async () => {
      await ready();
      project.remove(INSTALL_STAMP);
      await project.run().ended;
      expect(project.takeWork()).toEqual([]);
      expect(project.has(INSTALL_STAMP)).toBe(true);
    });

    it.each<[string, () => void]>([
      ['the lock file names another version', () => edit('package-lock.json', '1.0.0', '1.0.1')],
      ['the lock file names other contents', () => edit('package-lock.json', 'sha512-here', 'sha512-there')],
      ['npm left out those of development', () => dropInstalled('node_modules/typescript')],
      ['the binary for this machine is missing', () => dropInstalled('node_modules/here')],
      ['the tree holds one that the lock file does not name', () => dropWanted('node_modules/here')],
      ['a folder is gone', () => project.remove('node_modules/here')],
      ['npm did not finish', () => project.remove('node_modules/.package-lock.json')],
      ['all of them are gone', () => project.remove('node_modules')],
    ])('installs again where %s', async (_, change) => {
      await ready();
      change();
      await project.run([]).ended;
      expect(project.takeWork()).toEqual(['npm']);
    });

    it('takes what npm made of the lock file as right, whatever that is', async () => {
      const tool = readFileSync(project.path('tools/npm-cli.js'), 'utf8');
      project.write('tools/npm-cli.js', tool.replace("hold('hold-npm');", "delete packages['node_modules/here'];"));
      await project.run([]).ended;
      await project.run([]).ended;
      expect(project.takeWork()).toEqual(['npm']);
    });

    it('shows what npm says when it fails, and tries again the next time', async () => {
      project.write('fail-npm', '');
      const { exit, output } = await project.run().ended;
      expect({ exit, work: project.takeWork() }).toEqual({ exit: 1, work: ['npm'] });
      expect(output).toMatch(/npm error 404\n.*npm-cli\.js ci .* ended with 1\.\n$/);
      project.remove('fail-npm');
      await ready();
    });

    it('takes no tree for whole that npm has begun to change', async () => {
      await ready();
      project.remove('node_modules/here');
      project.write('fail-npm', '');
      await project.run().ended;
      project.write('node_modules/here/package.json', {});
      project.remove('fail-npm');
      project.takeWork();
      await project.run().ended;
      expect(project.takeWork()).toEqual(['npm']);
    });

    it.each([
      ['is not there', { HOME: '/no/such/home' }],
      ['is not there, and npm says so itself', { HOME: '/no/such/home', npm_config_cache: '/no/such/home/.npm' }],
      ['is empty', { HOME: '' }],
    ])('lends npm a cache where the home folder %s', async (_, env) => {
      expect((await project.run([], env).ended).exit).toBe(0);
      const [, cache = '', existed] = project.takeLog()[1]?.split(' ') ?? [];
      expect(cache).toContain('tidemark-npm-');
      expect({ existed, exists: existsSync(cache) }).toEqual({ existed: 'true', exists: false });
    });

    it('leaves npm the cache that it has', async () => {
      await project.run([]).ended;
      expect(project.takeLog()[1]).toBe('cache undefined false');
    });
  });

  describe('dist', () => {
    it.each<[string, () => void]>([
      ['a source changed', () => edit('src/main.ts', '1', '2')],
      ['a source is new', () => project.write('src/new.ts', '')],
      ['the settings of the compiler changed', () => project.write('tsconfig.json', { compilerOptions: {} })],
      ['an output is gone', () => project.remove('dist/deep/part.js')],
      ['all outputs are gone', () => project.remove('dist')],
    ])('builds again where %s', async (_, change) => {
      await ready();
      change();
      expect(await project.run().ended).toEqual({ exit: 0, output: 'Building (tsc) …\n' });
      expect(project.takeWork()).toEqual(['tsc']);
    });

    it('builds again with the packages of another lock file', async () => {
      await ready();
      edit('package-lock.json', '1.0.0', '1.0.1');
      await project.run().ended;
      expect(project.takeWork()).toEqual(['npm', 'tsc']);
    });

    it('keeps no output of a source that is gone', async () => {
      await ready();
      project.remove('src/deep');
      await project.run().ended;
      expect(['dist/deep/part.js', 'dist/deep/part.js.map', 'dist/main.js'].map((path) => project.has(path))).toEqual([
        false,
        false,
        true,
      ]);
    });

    it('shows what the compiler says when it fails, and never takes what that left for built', async () => {
      await ready();
      edit('src/main.ts', '1', 'fault');
      for (const _ of ['first', 'second']) {
        const { exit, output } = await project.run().ended;
        expect({ exit, work: project.takeWork() }).toEqual({ exit: 1, work: ['tsc'] });
        expect(output).toMatch(/main\.ts: error TS1: a fault\n.*tsc -p tsconfig\.json ended with 2\.\n$/);
      }
      edit('src/main.ts', 'fault', '1');
      expect((await project.run().ended).exit).toBe(0);
      expect(project.takeWork()).toEqual(['tsc']);
    });

    it('builds again where a source changed while it was building', async () => {
      await project.run([]).ended;
      project.write('hold-tsc', '');
      const run = project.run();
      await expect.poll(() => project.has('dist/main.js.map'), PROBE_MS).toBe(true);
      edit('src/main.ts', '1', '2');
      project.remove('hold-tsc');
      await run.ended;
      project.takeWork();
      await project.run().ended;
      expect(project.takeWork()).toEqual(['tsc']);
    });
  });

  describe('several at once', () => {
    it('works once, and the other one says after a second that it waits', async () => {
      project.write('hold-npm', '');
      const first = project.run();
      await working(first);
      const began = performance.now();
      const second = project.run();
      await expect.poll(() => second.output, PROBE_MS).not.toBe('');
      expect(performance.now() - began).toBeGreaterThan(1_000);
      expect(second.output).toBe(`Waiting for process ${first.process.pid}, which installs or builds here …\n`);
      project.remove('hold-npm');
      expect([await exitOf(first), await exitOf(second)]).toEqual([0, 0]);
      expect(project.takeWork()).toEqual(['npm', 'tsc']);
    });

    it('works once, however many come at the same time', async () => {
      const runs = Array.from({ length: 6 }, () => project.run());
      expect(await Promise.all(runs.map(exitOf))).toEqual(runs.map(() => 0));
      expect(project.takeWork()).toEqual(['npm', 'tsc']);
      expect(locks()).toEqual([]);
    });

    it('takes over from one that was killed, when its npm has ended', async () => {
      project.write('hold-npm', '');
      const first = project.run();
      await working(first);
      first.process.kill('SIGKILL');
      await first.ended.catch(() => {});
      const second = project.run();
      await expect.poll(() => second.output, PROBE_MS).toContain('Waiting for process');
      expect(project.takeWork()).toEqual(['npm']);
      project.remove('hold-npm');
      expect(await exitOf(second)).toBe(0);
      expect(project.takeWork()).toEqual(['tsc']);
    });

    it('takes over a lock that nobody holds', async () => {
      await ready();
      edit('src/main.ts', '1', '2');
      project.write('hold-tsc', '');
      const first = project.run();
      await expect.poll(() => readFileSync(project.path('dist/main.js'), 'utf8'), PROBE_MS).toContain('2');
      expect(project.has(BUILD_STAMP)).toBe(false);
      first.process.kill('SIGKILL');
      project.remove('hold-tsc');
      await first.ended;
      expect(locks()).toHaveLength(1);
      expect(await exitOf(project.run())).toBe(0);
      expect(locks()).toEqual([]);
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends npm and itself on %s, and does the work the next time',
    async (signal) => {
      project.write('hold-npm', '');
      const run = project.run();
      await working(run);
      run.process.kill(signal);
      expect(await run.ended).toEqual({ exit: signal, output: 'Installing packages (npm ci) …\n' });
      expect(project.has('node_modules/.package-lock.json') || project.has(INSTALL_STAMP)).toBe(false);
      expect(locks()).toEqual([]);
      project.remove('hold-npm');
      await ready();
    },
  );

  /** Installed and built, and the log empty. */
  async function ready(): Promise<void> {
    const { exit, output } = await project.run().ended;
    expect({ exit, output }).toMatchObject({ exit: 0 });
    project.takeWork();
  }

  /** Its npm runs, and waits for `hold-npm` to go. */
  async function working(run: EnsureRun): Promise<void> {
    await expect
      .poll(() => project.has('node_modules/elsewhere') || project.has('node_modules/here/bin/tsc'), PROBE_MS)
      .toBe(true);
    expect(run.output).toBe('Installing packages (npm ci) …\n');
  }

  async function exitOf(run: EnsureRun): Promise<number | string | null> {
    return (await run.ended).exit;
  }

  function locks(): string[] {
    return readdirSync(project.path('dist')).filter((name) => name.startsWith('.lock'));
  }

  function edit(name: string, from: string, to: string): void {
    project.write(name, readFileSync(project.path(name), 'utf8').replaceAll(from, to));
  }

  function dropInstalled(path: string): void {
    dropFrom('node_modules/.package-lock.json', path);
    project.remove(path);
  }

  function dropWanted(path: string): void {
    dropFrom('package-lock.json', path);
  }

  function dropFrom(name: string, path: string): void {
    const withoutPath = (key: string, value: unknown): unknown => (key === path ? undefined : value);
    project.write(name, JSON.stringify(JSON.parse(readFileSync(project.path(name), 'utf8'), withoutPath)));
  }
});
