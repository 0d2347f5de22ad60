import { randomBytes } from 'node:crypto';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findRedisServer, type RedisProgram, withLibraries } from './find-redis-server.js';
import { findFreePort } from './free-port.js';

export interface RedisServerOptions {
  /** As on redis-server's command line; they come after ours, which keep nothing on disk: `['--maxmemory', '20mb']`. */
  readonly args?: readonly string[];
  /** Where it keeps its files; without it a temporary folder, removed by `stop`. */
  readonly dir?: string;
}

/** A Redis server of a test's own, a real one. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Of the present process; with Docker of its client: signal by `kill`. */
  readonly pid: number;
  /** Sends a signal. SIGSTOP and SIGCONT return at once, the others when the process has ended. SIGKILL where none is given. */
  kill(signal?: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Ends it in good order if it runs, hung or not, and starts it again: same port, arguments and folder. */
  restart(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** Starts a Redis server on a free port of 127.0.0.1. Throws with its log where it does not come up. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  found ??= findRedisServer();
  const program = found;
  const { args = [], dir = mkdtempSync(join(tmpdir(), 'tidemark-redis-')) } = options;
  const removeOwnDir = () => options.dir ?? rmSync(dir, { recursive: true, force: true });
  const { port, ...first } = await launchOnFreePort(program, dir, args).catch((error: unknown) => {
    removeOwnDir();
    throw error;
  });
  let { run } = first;
  const kill: RedisServer['kill'] = async (signal = 'SIGKILL') => {
    await run.signal(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await run.ended;
  };
  return {
    port,
    url: `redis://${password(args)}127.0.0.1:${port}`,
    get pid() {
      return run.pid;
    },
    kill,
    restart: async () => {
      await run.signal('SIGTERM');
      await run.signal('SIGCONT');
      await run.ended;
      run = await launch(program, { port, dir, args });
    },
    stop: async () => {
      await kill();
      removeOwnDir();
    },
  };
}

/** Private: looked for once, since asking Docker takes a while. */
let found: RedisProgram | undefined;

/** Private: the server from a start to its end. */
interface RedisRun {
  readonly pid: number;
  readonly ended: Promise<unknown>;
  /** Does nothing once it has ended. */
  signal(signal: NodeJS.Signals): Promise<void>;
}

/** Private */
interface Launch {
  readonly port: number;
  readonly dir: string;
  readonly args: readonly string[];
}

/** Private: the port is free when it is chosen, and may be taken when Redis comes to it: then another one. */
async function launchOnFreePort(program: RedisProgram, dir: string, args: readonly string[], attempts = 3) {
  const port = await findFreePort();
  try {
    return { port, run: await launch(program, { port, dir, args }) };
  } catch (error) {
    if (attempts === 1) throw error;
    return launchOnFreePort(program, dir, args, attempts - 1);
  }
}

/** Private */
async function launch(program: RedisProgram, { port, dir, args }: Launch): Promise<RedisRun> {
  const container = `tidemark-redis-${randomBytes(6).toString('hex')}`;
  const [command, ...before] =
    program.kind === 'binary' ? [program.path] : dockerRun(program.name, container, port, dir);
  const place = program.kind === 'binary' ? ['--bind', '127.0.0.1', '--dir', dir] : IN_CONTAINER;
  const child = spawn(
    command,
    [...before, '--port', String(port), '--save', '', '--appendonly', 'no', ...place, ...args],
    {
      env: withLibraries(program.kind === 'binary' ? program.libraries : []),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killAfterUs(ended, program.kind === 'binary' ? ['kill', '-9', String(child.pid)] : ['docker', 'kill', container]);
  await untilReady(child);
  return {
    pid: child.pid ?? NaN,
    ended,
    signal: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (program.kind === 'binary') child.kill(signal);
      else await promisify(execFile)('docker', ['kill', '--signal', signal, container]);
    },
  };
}

/**
 * Private: a test run that is cut short, by SIGKILL too, must not leave a server behind. A shell waits at the end of a pipe whose other
 * end the kernel closes with this process.
 */
function killAfterUs(ended: Promise<void>, killServer: readonly string[]): void {
  const watch = spawn('sh', ['-c', 'read -r _; exec "$@"', 'sh', ...killServer], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  void ended.then(() => watch.kill('SIGKILL'));
}

/** Private: the files belong to us and not to the container's user, so that they can be removed. */
function dockerRun(image: string, container: string, port: number, dir: string): [string, ...string[]] {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const publish = `127.0.0.1:${port}:${port}`;
  const options = ['--rm', '--name', container, '--user', user, '-p', publish, '-v', `${dir}:/data`];
  return ['docker', 'run', ...options, image, 'redis-server'];
}

/** Private */
const IN_CONTAINER = ['--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/data'];

/** Private: its log says when it is. */
async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-20_000);
        if (log.includes('Ready to accept connections')) resolve();
      });
    }
    server.once('error', reject);
    // Once all that it wrote has been read.
    server.once('close', (code) => reject(new Error(`Redis ended with ${code} before it was ready:\n${log}`)));
  });
}

/** Private: as a URL has it. */
function password(args: readonly string[]): string {
  const at = args.indexOf('--requirepass');
  return at === -1 ? '' : `:${encodeURIComponent(args[at + 1] ?? '')}@`;
}
