import { GraphQLError } from 'graphql';
import { builder } from './builder.js';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const DECIMAL = /^-?\d{1,30}(\.\d{1,30})?$/;

builder.scalarType('DateTime', {
  description: 'ISO 8601, UTC, with Z.',
  serialize: (value) => new Date(value).toISOString(),
  parseValue: (value) => {
    const time = typeof value === 'string' && DATE_TIME.test(value) && isDay(value) ? Date.parse(value) : NaN;
    if (Number.isNaN(time)) throw badScalar('DateTime', 'ISO 8601 with a zone, such as "2024-01-31T12:00:00Z"', value);
    return time;
  },
});

builder.scalarType('Decimal', {
  description:
    'Exact decimal number as a string: money, quantities and fees of an account. Market data and ratios are Float.',
  serialize: (value) => value,
  parseValue: (value) => {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    if (typeof text !== 'string' || !DECIMAL.test(text)) {
      throw badScalar('Decimal', 'digits with at most one point, as a string such as "0.10"', value);
    }
    return text;
  },
});

/** Private: Date.parse takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Private */
function badScalar(name: string, rule: string, received: unknown): GraphQLError {
  return new GraphQLError(`${name}: is ${rule}, but got ${JSON.stringify(received)}.`, {
    extensions: { code: 'BAD_USER_INPUT', rule, received },
  });
}
