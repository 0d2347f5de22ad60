import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as drizzleKit from 'drizzle-kit/api';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../../src/accounts/database/migrations.js';
import * as tables from '../../../src/accounts/database/tables.js';

/** What we use of drizzle-kit, whose own types need another version of zod. */
interface MigrationKit {
  generateDrizzleJson(tables: Record<string, unknown>): unknown;
  generateMigration(before: unknown, after: unknown): Promise<string[]>;
}

describe('tables', () => {
  it('are what the migrations make: else run npx drizzle-kit generate', async () => {
    const kit: MigrationKit = drizzleKit;
    const meta = join(migrations.migrationsFolder, 'meta');
    const last = readdirSync(meta)
      .filter((file) => file.endsWith('_snapshot.json'))
      .sort()
      .at(-1);
    const migrated: unknown = JSON.parse(readFileSync(join(meta, last ?? 'none'), 'utf8'));
    expect(await kit.generateMigration(migrated, kit.generateDrizzleJson(tables))).toEqual([]);
  });
});
