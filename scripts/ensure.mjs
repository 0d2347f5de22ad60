/**
 * Stands before the other commands, so that they work on a fresh clone: `node scripts/ensure.mjs [build]` installs the packages of
 * package-lock.json where node_modules does not match it and, with `build`, compiles src where dist is not what it would give.
 * It has nothing to import but Node. Several may run at once: one works, the others wait for it.
 *
 * What is finished carries a stamp: a hash of what it was made from, removed before the work and written after it. So whatever ends
 * the work early, a failure or a signal, leaves no stamp, and the next run does it again.
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LOCK_FILE = 'package-lock.json';
const INSTALLED_LOCK_FILE = 'node_modules/.package-lock.json';
const INSTALL_STAMP = 'node_modules/.tidemark-stamp';
const BUILD_STAMP = 'dist/.stamp';

// All paths are relative to the project: a socket's path has at most 103 bytes on macOS, 107 on Linux.
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What the user can mend; anything else shows its stack. */
class Failure extends Error {}

let child;
let stoppedBy;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);

const install = { title: 'Installing packages (npm ci)', isDone: isInstalled, run: runInstall };
const build = { title: 'Building (tsc)', isDone: isBuilt, run: runBuild };

try {
  assertNodeVersion();
  await ensure(process.argv[2] === 'build' ? [install, build] : [install]);
} catch (error) {
  if (!stoppedBy) console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
if (stoppedBy) process.kill(process.pid, stoppedBy);

/** Private: takes no lock where nothing is to be done. Who had to wait looks again: mostly the other one did it all. */
async function ensure(steps) {
  while (!steps.every((step) => step.isDone())) {
    const lock = await takeLock();
    if (!lock) continue;
    try {
      for (const step of steps.filter((it) => !it.isDone())) {
        console.error(`${step.title} …`);
        await step.run(lock);
      }
      return;
    } finally {
      lock.release();
    }
  }
}

/** Private */
function assertNodeVersion() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  const numbers = (text) => text.match(/\d+/g).map(Number);
  const [major, minor = 0] = numbers(engines.node);
  const [ownMajor, ownMinor] = numbers(process.versions.node);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new Failure(`This needs Node ${major}.${minor} or newer, but ${process.execPath} is ${process.version}.`);
}

// --- packages -----------------------------------------------------------------------------------

/** Private: by our stamp, else, for a tree that npm made without us, by comparing it with the lock file. */
function isInstalled() {
  const installed = readPackages(INSTALLED_LOCK_FILE);
  // The list could outlive the folders that it names, deleted by hand or by a killed npm.
  if (!installed || !Object.keys(installed).every((path) => existsSync(join(path, 'package.json')))) return false;
  if (readText(INSTALL_STAMP) === installInputs()) return true;
  if (!isSameTree(readPackages(LOCK_FILE), installed)) return false;
  writeStamp(INSTALL_STAMP, installInputs());
  return true;
}

/** Private: undefined where npm is just removing or writing the file. */
function readPackages(path) {
  try {
    return JSON.parse(readText(path) ?? '{}').packages;
  } catch (error) {
    if (path === INSTALLED_LOCK_FILE) return undefined;
    throw new Failure(`${path} must be JSON, but got: ${error.message}.`);
  }
}

/** Private: a later `npm prune` or `npm install` changes the list of what is installed, and so voids the stamp. */
function installInputs() {
  const { platform, arch, versions } = process;
  const files = [LOCK_FILE, INSTALLED_LOCK_FILE].map((path) => readText(path) ?? '');
  return hash([`${platform} ${arch} ${versions.node.split('.')[0]}`, ...files]);
}

/** Private: has the tree what the lock file names for this machine, in these versions, and nothing else? */
function isSameTree(wanted, installed) {
  return (
    Object.entries(wanted).every(([path, entry]) => path === '' || path in installed || !isRequired(entry)) &&
    Object.entries(installed).every(
      ([path, { version, integrity }]) => wanted[path]?.version === version && wanted[path].integrity === integrity,
    )
  );
}

/** Private: a binary for this machine is, though optional; where it depends on the C library we cannot tell which one. */
function isRequired({ os, cpu, libc, optional, extraneous }) {
  if (extraneous || libc) return false;
  if (!os && !cpu) return !optional;
  return (os ?? [process.platform]).includes(process.platform) && (cpu ?? [process.arch]).includes(process.arch);
}

/** Private: `npm ci` would leave the compiler out under NODE_ENV=production. */
async function runInstall(lock) {
  for (const path of [INSTALL_STAMP, INSTALLED_LOCK_FILE]) rmSync(path, { force: true });
  const { npm_execpath: npmCli = '' } = process.env;
  const npm = npmCli.endsWith('npm-cli.js') ? [process.execPath, npmCli] : ['npm'];
  const cache = hasCache() ? undefined : mkdtempSync(join(tmpdir(), 'tidemark-npm-'));
  try {
    await run([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund'], lock, cache && { npm_config_cache: cache });
  } finally {
    if (cache) rmSync(cache, { recursive: true, force: true });
  }
  writeStamp(INSTALL_STAMP, installInputs());
}

/** Private: npm keeps its cache and logs in the home folder, which a container or a service may lack; then it needs another one. */
function hasCache() {
  const { npm_config_cache, NPM_CONFIG_CACHE, HOME } = process.env;
  const home = HOME || findHome();
  const folder = npm_config_cache || NPM_CONFIG_CACHE || (home && join(home, '.npm'));
  return folder !== '' && isWritable(existsSync(folder) ? folder : dirname(folder));
}

/** Private: empty where there is none. Node throws where the user is in no list of users. */
function findHome() {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** Private */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

// --- dist ---------------------------------------------------------------------------------------

/** Private: the stamp alone would not notice outputs that were deleted. */
function isBuilt() {
  if (readText(BUILD_STAMP) !== buildInputs()) return false;
  const outputs = new Set(listFiles('dist'));
  return sourceStems().every((stem) => outputs.has(`${stem}.js`));
}

/** Private: contents, not times: a checkout or a copy sets those as it likes. */
function buildInputs() {
  const sources = listFiles('src').filter((path) => path.endsWith('.ts'));
  const files = ['tsconfig.json', LOCK_FILE, ...sources.map((path) => join('src', path))];
  return hash(files.flatMap((path) => [path, readFileSync(path)]));
}

/** Private: afterwards dist holds nothing but the outputs of sources that are there. */
async function runBuild(lock) {
  rmSync(BUILD_STAMP, { force: true });
  const inputs = buildInputs();
  await run([process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], lock);
  const stems = new Set(sourceStems());
  const leftOvers = listFiles('dist').filter((path) => !stems.has(path.replace(/(\.js|\.d\.ts)(\.map)?$/, '')));
  for (const path of leftOvers) rmSync(join('dist', path));
  writeStamp(BUILD_STAMP, inputs);
}

/** Private */
function sourceStems() {
  return listFiles('src')
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => path.slice(0, -'.ts'.length));
}

/** Private: the files below a folder, sorted, by their paths in it; not those whose name begins with a dot: stamp and lock. */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

// --- the lock -----------------------------------------------------------------------------------

/**
 * Private: the lock, or undefined after waiting for another one's, so that the caller can look again.
 *
 * A claim is a Unix socket in dist that its process listens on, and so do npm and the compiler, which inherit it: the kernel ends it
 * with the last of them, however they die, and no pid has to be believed. Who wants the lock puts up a claim, then looks for others.
 * Of two that come at once the later one to look sees the other; perhaps both do, and then both try again after a while by chance.
 */
async function takeLock() {
  mkdirSync('dist', { recursive: true });
  const name = `dist/.lock-${process.pid}-${randomBytes(6).toString('hex')}`;
  const waiting = [];
  const server = createServer((socket) => waiting.push(socket.on('error', () => {}).unref())).unref();
  const release = () => {
    rmSync(name, { force: true });
    server.close();
    for (const socket of waiting) socket.destroy();
  };
  try {
    // Bound and not yet listening it looks dead, and another one may sweep it away. So it takes its name when it listens.
    await new Promise((done, fail) => server.once('error', fail).listen(`${name}-new`, done));
    renameSync(`${name}-new`, name);
  } catch (error) {
    // Some shared folders can hold no socket. Two at once are rare, and a start that refuses to work is worse.
    if (error.code !== 'ENOENT') return { release: () => {} };
    release();
    return undefined;
  }
  const other = await findOther(name);
  if (!other) return { release, descriptor: server._handle?.fd };
  release();
  await waitFor(other);
  return undefined;
}

/** Private: the claim of another process, with a connection to it; those of the dead are removed. */
async function findOther(own) {
  const claims = readdirSync('dist').filter((name) => name.startsWith('.lock-') && join('dist', name) !== own);
  for (const name of claims) {
    const path = join('dist', name);
    const socket = await new Promise((answer) => {
      const attempt = connect(path).on('error', () => answer(undefined));
      attempt.once('connect', () => answer(attempt));
    });
    if (socket) return { socket, pid: name.split('-')[1] };
    rmSync(path, { force: true });
  }
  return undefined;
}

/** Private: the connection ends with the claim. */
async function waitFor({ socket, pid }) {
  const notice = setTimeout(() => console.error(`Waiting for process ${pid}, which installs or builds here …`), 1000);
  await new Promise((done) => (socket.destroyed ? done() : socket.resume().once('close', done)));
  clearTimeout(notice);
  await delay(10 + Math.random() * 50);
}

// --- processes, stamps ----------------------------------------------------------------------------

/** Private: shows the output only where the command fails. It holds the lock open for as long as it runs. */
async function run([command, ...args], lock, env = {}) {
  const stdio = ['ignore', 'pipe', 'pipe', lock.descriptor ?? 'ignore'];
  let output = '';
  child = spawn(command, args, { stdio, env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = await new Promise((done, fail) => {
    child.once('error', (error) => fail(new Failure(`${command} does not start: ${error.message}.`)));
    child.once('close', (code, signal) => done(code ?? signal));
  });
  child = undefined;
  if (ended === 0 && !stoppedBy) return;
  throw new Failure(`${output.trimEnd()}\n${[command, ...args].join(' ')} ended with ${ended}.`);
}

/** Private: npm and the compiler end first, so that nothing goes on behind the back of whoever stopped us. */
function stop(signal) {
  stoppedBy = signal;
  if (child) child.kill(signal);
  else process.kill(process.pid, signal);
}

/** Private: undefined where there is no such file; another process may just remove it. */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Private: on a disk that is read-only everything is looked at each time. */
function writeStamp(path, content) {
  try {
    writeFileSync(path, content);
  } catch (error) {
    if (!['EROFS', 'EACCES'].includes(error.code)) throw error;
  }
}

/** Private */
function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}
