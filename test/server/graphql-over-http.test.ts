import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { openServer } from './server-world.js';

/** The audits of the specification GraphQL over HTTP (graphql.github.io/graphql-over-http), of all three levels. */
const AUDITS = serverAudits({ url: 'http://unused' }).map(({ id, name }) => ({ id, name }));

describe('GraphQL over HTTP', () => {
  it.each(AUDITS)('$id $name', async ({ id }) => {
    const { url } = await openServer();
    const audit = serverAudits({ url: `${url}/graphql` }).find((each) => each.id === id);
    const result = await audit?.fn();
    expect(result).toMatchObject({ status: 'ok' });
  });
});
