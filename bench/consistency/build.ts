import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { applyEdits, type Edit, type Sources } from './edit.js';

/** The gateway under test, compiled without a check of types into a folder of its own. */
export interface Build {
  /** To be run by node. */
  readonly gateway: string;
  remove(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the project at `root`, with edits, so that a gateway starts fast and can be broken on purpose. */
export async function buildGateway(edits: readonly Edit[] = [], root = ROOT): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-build-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const texts = applyEdits(await readSources(root), edits);
    for (const [file, text] of texts) {
      const to = join(folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, ts.transpileModule(text, { compilerOptions: COMPILER_OPTIONS, fileName: file }).outputText);
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return { gateway: join(folder, 'bench/consistency/gateway.js'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The project's sources that a gateway is made of. */
export async function readSources(root = ROOT): Promise<Sources> {
  const sources = await Promise.all([readFolder(root, 'src'), readFolder(ROOT, 'bench/consistency')]);
  return new Map(sources.flat());
}

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  inlineSourceMap: true,
};

/** Private */
async function readFolder(root: string, folder: string): Promise<[file: string, text: string][]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(join(root, file), 'utf8')]),
  );
}
