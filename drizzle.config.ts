import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --name what-changes` writes the next migration from the tables; it needs no database. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/accounts/database/tables.ts',
  out: './src/accounts/database/migrations',
});
