/** `npm run schema`: prints the schema into schema.graphql; with `--check` fails where the committed file is another. */
import { buildSchema } from '../src/schema/index.js';
import { printGatewaySchema } from '../src/server/print-schema.js';
import { keepGenerated } from './generated-file.js';

const text = printGatewaySchema(buildSchema());
await keepGenerated([{ path: 'schema.graphql', text }], 'npm run schema', process.argv.includes('--check'));
