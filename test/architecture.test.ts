import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Who may import whom: a folder of src, or a file directly in it, and the others that it may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  support: [],
  config: ['support'],
  cache: ['support'],
  market: ['support'],
  analytics: ['market', 'support'],
  upstream: ['market', 'support'],
  accounts: ['market', 'cache', 'support'],
  'field-cache': ['cache', 'support'],
  'response-cache': ['cache', 'support'],
  loaders: ['market', 'analytics', 'accounts', 'cache', 'support'],
  schema: ['market', 'analytics', 'accounts', 'field-cache', 'loaders', 'cache', 'support'],
  server: ['schema', 'loaders', 'accounts', 'field-cache', 'response-cache', 'cache', 'support'],
  compose: [
    ...['support', 'config', 'cache', 'market', 'analytics', 'upstream', 'accounts'],
    ...['field-cache', 'response-cache', 'loaders', 'schema', 'server'],
  ],
  main: ['compose', 'config', 'support'],
};

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Paths in src, with slashes, and the texts. */
type Files = ReadonlyMap<string, string>;

describe('src', () => {
  const files = readFiles(fileURLToPath(new URL('../src', import.meta.url)));

  it('is there', () => {
    expect(files.has('main.ts') && files.has('compose.ts')).toBe(true);
  });

  it('imports only what the table allows', () => {
    expect(findForbiddenImports(files)).toEqual([]);
  });

  it('has no cycle of imports', () => {
    expect(findCycles(files)).toEqual([]);
  });

  it('has no default exports', () => {
    expect(findDefaultExports(files)).toEqual([]);
  });

  it('has names in kebab-case', () => {
    expect(findOddNames(files)).toEqual([]);
  });
});

describe('findForbiddenImports', () => {
  it.each([
    ['a value', "import { series } from '../loaders/series.js';"],
    ['a type', "import type { Series } from '../loaders/series.js';"],
    ['what it exports again', "export { series } from '../loaders/series.js';"],
    ['everything that it exports again', "export * from '../loaders/series.js';"],
    ['at run time', "const series = await import('../loaders/series.js');"],
    ['within a type', "export type Series = import('../loaders/series.js').Series;"],
    ['for its effect', "import '../loaders/series.js';"],
  ])('finds an import of %s', (_, text) => {
    expect(findForbiddenImports(made({ 'cache/cache.ts': text }))).toEqual([
      'src/cache/cache.ts imports ../loaders/series.js, but cache may import: support.',
    ]);
  });

  it('lets a folder import itself, its own folders and what the table allows', () => {
    const files = made({
      'cache/cache.ts': "import './key.js'; import './tide/tag.js'; import '../support/clock.js'; import 'zod';",
      'cache/tide/tag.ts': "import '../key.js'; import '../../support/clock.js';",
      'compose.ts': "import './config.js'; import './server/health.js'; import './upstream/csv/csv-market.js';",
      'main.ts': "import './compose.js'; import './config.js'; import './support/logger.js';",
    });
    expect(findForbiddenImports(files)).toEqual([]);
  });

  it('lets compose alone import every folder', () => {
    const files = made({ 'main.ts': "import './server/health.js';", 'server/health.ts': "import '../compose.js';" });
    expect(findForbiddenImports(files)).toEqual([
      'src/main.ts imports ./server/health.js, but main may import: compose, config, support.',
      'src/server/health.ts imports ../compose.js, but server may import: ' +
        'schema, loaders, accounts, field-cache, response-cache, cache, support.',
    ]);
    const [, everything] = Object.entries(MAY_IMPORT).find(([from]) => from === 'compose') ?? [];
    expect(everything?.toSorted()).toEqual(
      Object.keys(MAY_IMPORT)
        .filter((name) => name !== 'compose' && name !== 'main')
        .sort(),
    );
  });

  it('finds a folder that the table does not name, and an import that leaves src', () => {
    const files = made({ 'helpers/sum.ts': 'export {};', 'support/hash.ts': "import '../../test/clock.js';" });
    expect(findForbiddenImports(files)).toEqual([
      'src/helpers/sum.ts is in helpers, which the table does not name.',
      'src/support/hash.ts imports ../../test/clock.js, but support may import: nothing.',
    ]);
  });
});

describe('findCycles', () => {
  it('finds the files of a cycle', () => {
    const files = made({
      'market/a.ts': "import './b.js';",
      'market/b.ts': "export * from './c.js';",
      'market/c.ts': "const a = () => import('./a.js');",
      'market/d.ts': "import './a.js';",
    });
    expect(findCycles(files)).toEqual(['src/market/a.ts, src/market/b.ts and src/market/c.ts import each other.']);
  });

  it('finds one that an import of inline types makes: the import stays when they are gone', () => {
    const files = made({ 'market/a.ts': "import { type B } from './b.js';", 'market/b.ts': "import './a.js';" });
    expect(findCycles(files)).toEqual(['src/market/a.ts and src/market/b.ts import each other.']);
  });

  it('finds each of several, and a file that imports itself', () => {
    const files = made({
      'cache/a.ts': "import './b.js';",
      'cache/b.ts': "import './a.js';",
      'cache/own.ts': "import './own.js'; import './a.js';",
    });
    expect(findCycles(files)).toEqual([
      'src/cache/a.ts and src/cache/b.ts import each other.',
      'src/cache/own.ts imports itself.',
    ]);
  });

  it('passes over types, which are gone at run time', () => {
    const files = made({
      'market/a.ts': "import { b } from './b.js';",
      'market/b.ts': "import type { A } from './a.js'; export type { A } from './a.js'; type B = import('./a.js').A;",
      'market/c.ts': "import './a.js'; import './b.js';",
    });
    expect(findCycles(files)).toEqual([]);
  });
});

describe('findDefaultExports', () => {
  it.each([
    'export default 1;',
    'export default function sum() {}',
    'export default class Sum {}',
    'const sum = 1; export { sum as default };',
    "export { default } from './sum.js';",
    'const sum = 1; export = sum;',
  ])('finds %s', (text) => {
    expect(findDefaultExports(made({ 'support/sum.ts': text }))).toEqual([
      'src/support/sum.ts has a default export: name it, the file is named after it.',
    ]);
  });

  it('passes over names', () => {
    const text =
      "export const sum = { default: 1 }; import sums from './sums.js'; export { sums }; export class Sum {}";
    expect(findDefaultExports(made({ 'support/sum.ts': text }))).toEqual([]);
  });
});

describe('findOddNames', () => {
  it('finds what is not in kebab-case, folders too', () => {
    const names = ['cache/Cache.ts', 'fieldCache/plugin.ts', 'cache/tag_template.ts', 'cache/key-.ts', 'a/b.test.ts'];
    expect(findOddNames(new Map(names.map((name) => [name, '']))).map((found) => found.split(':')[0])).toEqual(
      names.map((name) => `src/${name}`),
    );
    expect(findOddNames(made({ 'field-cache/global-types.ts': '', 'schema/dow.ts': '' }))).toEqual([]);
  });
});

/** Private: the rules of the table that are broken, one line each. */
function findForbiddenImports(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    const from = unitOf(path);
    const allowed = MAY_IMPORT[from];
    if (!allowed) return [`src/${path} is in ${from}, which the table does not name.`];
    return importsOf(path, text)
      .filter(({ target }) => unitOf(target) !== from && !allowed.includes(unitOf(target)))
      .map(
        ({ written }) => `src/${path} imports ${written}, but ${from} may import: ${allowed.join(', ') || 'nothing'}.`,
      );
  });
}

/** Private: the strongly connected parts of what is imported at run time (Tarjan 1972), each as a line. */
function findCycles(files: Files): string[] {
  const graph = new Map(
    [...files].map(([path, text]) => [path, importsOf(path, text).flatMap((it) => (it.typeOnly ? [] : it.target))]),
  );
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const index = order.size;
    order.set(path, index);
    low.set(path, index);
    stack.push(path);
    for (const target of graph.get(path) ?? []) {
      const reached = order.has(target) ? (stack.includes(target) ? order.get(target) : undefined) : visit(target);
      low.set(path, Math.min(low.get(path) ?? index, reached ?? index));
    }
    if (low.get(path) === index) {
      const part = stack.splice(stack.indexOf(path));
      if (part.length > 1 || graph.get(path)?.includes(path)) cycles.push(part.sort());
    }
    return low.get(path) ?? index;
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return cycles.map((part) => describeCycle(part.map((path) => `src/${path}`))).sort();
}

/** Private */
function describeCycle(paths: readonly string[]): string {
  if (paths.length === 1) return `${paths.join()} imports itself.`;
  return `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)} import each other.`;
}

/** Private */
function findDefaultExports(files: Files): string[] {
  const isDefault = (statement: ts.Statement): boolean =>
    ts.isExportAssignment(statement) ||
    (ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)) ||
    (ts.isExportDeclaration(statement) &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause) &&
      statement.exportClause.elements.some((element) => element.name.text === 'default'));
  return [...files]
    .filter(([path, text]) => parse(path, text).statements.some(isDefault))
    .map(([path]) => `src/${path} has a default export: name it, the file is named after it.`);
}

/** Private */
function findOddNames(files: Files): string[] {
  return [...files.keys()]
    .filter(
      (path) =>
        !path
          .replace(/\.ts$/, '')
          .split('/')
          .every((part) => KEBAB_CASE.test(part)),
    )
    .map((path) => `src/${path}: names of files and folders are in kebab-case.`);
}

/** Private: `cache/tide/tag.ts` belongs to cache, `compose.ts` to compose. */
function unitOf(path: string): string {
  return (path.split('/')[0] ?? path).replace(/\.ts$/, '');
}

interface Import {
  /** As it stands in the file. */
  readonly written: string;
  readonly target: string;
  /** Gone at run time. `import { type A }` is not: it leaves `import {}`. */
  readonly typeOnly: boolean;
}

/** Private: the relative imports of a file, wherever in it they are. */
function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const target = posix.join(posix.dirname(path), specifier.text).replace(/\.js$/, '.ts');
    found.push({ written: specifier.text, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** Private */
function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
}

/** Private */
function readFiles(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(paths.sort().map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path), 'utf8')]));
}

/** Private: a source folder that was made up. */
function made(files: Readonly<Record<string, string>>): Files {
  return new Map(Object.entries(files));
}
