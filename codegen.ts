/**
 * `npm run codegen`: makes typed documents of the operations in *.graphql files, of each of FOLDERS in one file of its own; with
 * `--check` fails where a committed file is another. It reads schema.graphql, so `npm run schema` goes first.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse, type DocumentNode } from 'graphql';
import { keepGenerated, type GeneratedFile } from './scripts/generated-file.js';

const FOLDERS = ['examples', 'test'];

const schema = parse(await readFile('schema.graphql', 'utf8'));
const files = await Promise.all(FOLDERS.map((folder) => generate(folder, schema)));
await keepGenerated(files, 'npm run codegen', process.argv.includes('--check'));

/** Private: one file of the documents of a folder, and of the types of what they send and receive. */
async function generate(folder: string, schema: DocumentNode): Promise<GeneratedFile> {
  const path = join(folder, 'generated', 'documents.ts');
  const text = await codegen({
    filename: path,
    schema,
    documents: await readDocuments(folder),
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: { operations, typedDocuments },
    config: {
      useTypeImports: true,
      immutableTypes: true,
      strictScalars: true,
      arrayInputCoercion: false,
      scalars: { DateTime: 'string', Decimal: 'string' },
    },
  });
  return { path, text: `// Made by codegen.ts: npm run codegen.\n${text}\n` };
}

/** Private: sorted, so that the same operations always make the same file. */
async function readDocuments(folder: string): Promise<{ location: string; document: DocumentNode }[]> {
  const names = await readdir(folder, { recursive: true });
  const locations = names.filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    locations.map(async (name) => {
      const location = join(folder, name);
      return { location, document: parse(await readFile(location, 'utf8')) };
    }),
  );
}
