import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const FOLDER = 'bench/peers';

/** Installs what package-lock.json names, unless it is there. */
export async function ensurePeers(): Promise<void> {
  const [wanted, installed] = await Promise.all([
    readPackages(`${FOLDER}/package-lock.json`),
    readPackages(`${FOLDER}/node_modules/.package-lock.json`),
  ]);
  if (isWhole(wanted, installed)) return;
  process.stderr.write(`Installing the peers (npm ci in ${FOLDER}) …\n`);
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER });
}

type Packages = Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;

/** Private: undefined where there is no such file. */
async function readPackages(path: string): Promise<Packages | undefined> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { packages: Packages }).packages;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Private: npm leaves out what is optional and not for this machine. */
function isWhole(wanted: Packages = {}, installed: Packages | undefined): boolean {
  return (
    installed !== undefined &&
    Object.entries(wanted).every(
      ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
    )
  );
}
