import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What runs a Redis server here: a program with the folders of its libraries, or an image for Docker. */
export type RedisProgram =
  | { readonly kind: 'binary'; readonly path: string; readonly libraries: readonly string[] }
  | { readonly kind: 'image'; readonly name: string };

/** The scripts of the tide need Redis 7: `allow-oom`. */
const OLDEST_MAJOR = 7;
const IMAGE = 'redis:8-alpine';
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/tidemark-redis', import.meta.url));

/**
 * Finds a Redis server, Valkey too: TEST_REDIS_SERVER (the path of a binary), `redis-server` or `valkey-server` on the PATH, Docker,
 * and at last the distribution's package, unpacked into node_modules/.cache without installing anything on the machine.
 * Throws where there is none, and says how to get one.
 */
export function findRedisServer(env: NodeJS.ProcessEnv = process.env, cache = CACHE): RedisProgram {
  if (env.TEST_REDIS_SERVER) return findGivenServer(env.TEST_REDIS_SERVER);
  const onPath = findOnPath(env);
  if (onPath) return { kind: 'binary', path: onPath, libraries: [] };
  if (hasDocker(env)) return { kind: 'image', name: IMAGE };
  const unpacked = findUnpacked(cache);
  if (unpacked) return unpacked;
  try {
    return unpackPackage(env, cache);
  } catch (cause) {
    throw new Error(HOW_TO_GET_ONE, { cause });
  }
}

/** Private */
const HOW_TO_GET_ONE =
  `The tests need a Redis or Valkey server of version ${OLDEST_MAJOR} or newer, and there is none: not on the PATH, no Docker ` +
  'engine answers, and apt-get could not fetch a package to unpack. Install one (apt-get install redis-server, ' +
  'brew install redis), or set TEST_REDIS_SERVER to the path of its binary.';

/** Private */
function findGivenServer(path: string): RedisProgram {
  if (isNewEnough(path)) return { kind: 'binary', path, libraries: [] };
  throw new Error(
    `TEST_REDIS_SERVER must be the path of a redis-server of version ${OLDEST_MAJOR} or newer, but got ${path}.`,
  );
}

/** Private */
function findOnPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter);
  return ['redis-server', 'valkey-server']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path) && isNewEnough(path));
}

/** Private */
function isNewEnough(path: string, libraries: readonly string[] = []): boolean {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', env: withLibraries(libraries) });
  const major = /\bv=(\d+)\./.exec(stdout ?? '')?.[1];
  return major !== undefined && Number(major) >= OLDEST_MAJOR;
}

/** The environment of a binary that needs these folders of libraries. */
export function withLibraries(libraries: readonly string[]): NodeJS.ProcessEnv {
  return libraries.length === 0 ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries.join(delimiter) };
}

/** Private: the client alone runs nothing, an engine must answer. */
function hasDocker(env: NodeJS.ProcessEnv): boolean {
  return spawnSync('docker', ['info'], { env, stdio: 'ignore', timeout: 5_000 }).status === 0;
}

/** Private */
function findUnpacked(cache: string): RedisProgram | undefined {
  const usr = join(cache, 'usr');
  if (!existsSync(usr)) return undefined;
  const libraries = readdirSync(join(usr, 'lib'))
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(usr, 'lib', name));
  const path = join(usr, 'bin/redis-server');
  return isNewEnough(path, libraries) ? { kind: 'binary', path, libraries } : undefined;
}

/** Private: throws where there is no apt-get, it cannot reach its packages, or what it has is too old. */
function unpackPackage(env: NodeJS.ProcessEnv, cache: string): RedisProgram {
  execFileSync('apt-get', ['--version'], { env, stdio: 'pipe' });
  console.error('There is no Redis server here: unpacking the package of this distribution into node_modules/.cache …');
  mkdirSync(dirname(cache), { recursive: true });
  const folder = mkdtempSync(`${cache}-`);
  try {
    download(env, folder);
    const whole = join(folder, 'whole');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg', ['-x', join(folder, file), whole], { env, stdio: 'pipe' });
    }
    rmSync(cache, { recursive: true, force: true });
    renameSync(whole, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const unpacked = findUnpacked(cache);
  if (!unpacked) throw new Error(`The package that was unpacked must hold version ${OLDEST_MAJOR} or newer.`);
  return unpacked;
}

/** Private: server, tools and the libraries that they name. Without root apt-get cannot renew its lists, so it gets own ones. */
function download(env: NodeJS.ProcessEnv, folder: string): void {
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { env, cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const get = (options: readonly string[]) => {
    const programs = ['redis-server', 'redis-tools'];
    const libraries = run('apt-cache', [...options, 'depends', '--important', ...programs])
      .split('\n')
      .flatMap((line) => /Depends: ((?:lib|lua)[^\s]*)/.exec(line)?.[1] ?? [])
      .filter((library) => library !== 'libc6');
    run('apt-get', [...options, 'download', ...programs, ...new Set(libraries)]);
  };
  const asAnyUser = ['-o', 'APT::Sandbox::User='];
  try {
    get(asAnyUser);
  } catch {
    for (const part of ['state/lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(folder, part), { recursive: true });
    }
    const ownLists = [
      ...asAnyUser,
      ...['-o', `Dir::State=${join(folder, 'state')}`, '-o', `Dir::State::lists=${join(folder, 'state/lists')}`],
      ...['-o', `Dir::Cache=${join(folder, 'cache')}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'],
    ];
    run('apt-get', [...ownLists, 'update']);
    get(ownLists);
  }
}
