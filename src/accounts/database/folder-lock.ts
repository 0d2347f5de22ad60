import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another process has the folder: two would destroy the embedded database. */
export class DatabaseLockedError extends Error {
  override name = 'DatabaseLockedError';
  readonly code = 'DATABASE_LOCKED';

  constructor(
    readonly folder: string,
    readonly holder: string,
  ) {
    super(
      `The embedded database in ${folder} is in use by another process (pid ${holder}). ` +
        'Stop that one first, give this one another DATA_DIR, or let both share a Postgres by DATABASE_URL.',
    );
  }
}

/** A claim is a socket of this name, then the pid, a dash and a random part. No name is ever used twice. */
const CLAIM = '.lock-';
const ATTEMPTS = 5;

/**
 * Locks a folder for this process and answers the function that unlocks it; makes the folder where there is none.
 * Throws {@link DatabaseLockedError}.
 *
 * A claim is a Unix socket in the folder that its process listens on. So the kernel ends it with its process, however
 * that dies, and no pid has to be believed: not a reused one, and not one of another container on the same volume.
 * Whoever wants the lock first puts up a claim, then looks for others. Of two that come at once, the later one to look
 * sees the other, so never both get it; perhaps neither does, and then both try again after a while by chance.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt++) {
    const claim = await putUpClaim(folder);
    const other = claim && (await findLiveClaim(folder, claim.name));
    if (claim && other === undefined) return claim.withdraw;
    await claim?.withdraw();
    if (attempt === ATTEMPTS) throw new DatabaseLockedError(folder, other?.split('-')[1] ?? 'unknown');
    await delay(20 + Math.random() * 80 * attempt);
  }
}

/** Private */
interface Claim {
  readonly name: string;
  readonly withdraw: () => Promise<void>;
}

/**
 * Private. Undefined where another process swept the claim away before it was one: a socket that is bound but does not
 * listen yet looks like a dead one. Therefore it takes its name only when it listens.
 */
async function putUpClaim(folder: string): Promise<Claim | undefined> {
  const name = `${CLAIM}${process.pid}-${randomBytes(6).toString('hex')}`;
  const server = createServer((socket) => socket.on('error', () => {}).destroy()).unref();
  const withdraw = async () => {
    await rm(join(folder, name), { force: true });
    await new Promise<void>((done) => server.close(() => done()));
  };
  await listen(server, folder, `${name}-new`);
  try {
    await rename(join(folder, `${name}-new`), join(folder, name));
    return { name, withdraw };
  } catch (error) {
    await withdraw();
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Private: the name of another's claim, if there is one; claims of the dead are removed. */
async function findLiveClaim(folder: string, own: string): Promise<string | undefined> {
  const others = (await readdir(folder)).filter((name) => name.startsWith(CLAIM) && name !== own);
  for (const name of others) {
    if (await isListenedOn(folder, name)) return name;
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

/** Private */
async function listen(server: Server, folder: string, name: string): Promise<void> {
  await withShortPath(folder, async (short) => {
    await new Promise<void>((done, fail) => server.on('error', fail).listen(join(short, name), done));
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATA_DIR ${folder} must be where a Unix socket can be made, but got: ${reason}.`, {
      cause: error,
    });
  });
}

/** Private: only a refusal says that nobody listens; whatever else goes wrong, somebody may. */
async function isListenedOn(folder: string, name: string): Promise<boolean> {
  return withShortPath(folder, async (short) => {
    return new Promise<boolean>((answer) => {
      const socket = connect(join(short, name));
      socket.once('connect', () => answer(true));
      socket.once('error', (error) =>
        answer(!['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].some((code) => hasCode(error, code))),
      );
      socket.once('connect', () => socket.destroy());
    });
  });
}

/** Private: a socket's path has at most 103 bytes on macOS, 107 on Linux. A longer one is reached by a link, for the moment. */
async function withShortPath<T>(folder: string, use: (short: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(folder) < 50) return use(folder);
  const link = join(tmpdir(), `tidemark-${randomBytes(6).toString('hex')}`);
  await symlink(resolve(folder), link);
  try {
    return await use(link);
  } finally {
    await rm(link, { force: true });
  }
}

/** Private */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
