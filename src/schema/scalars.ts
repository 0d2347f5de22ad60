import { GraphQLError, valueFromASTUntyped, type ValueNode } from 'graphql';
import { builder } from './builder.js';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const DECIMAL = /^-?\d{1,30}(\.\d{1,30})?$/;

builder.scalarType('DateTime', {
  description: 'ISO 8601, UTC, with Z.',
  serialize: (value) => new Date(value).toISOString(),
  parseValue: (value) => toTime(value),
  parseLiteral: (node, variables) => toTime(valueFromASTUntyped(node, variables), node),
});

builder.scalarType('Decimal', {
  description:
    'Exact decimal number as a string: money, quantities and fees of an account. Market data and ratios are Float.',
  serialize: (value) => value,
  parseValue: (value) => toDecimal(value),
  parseLiteral: (node, variables) => toDecimal(valueFromASTUntyped(node, variables), node),
});

/** Private: ms since the epoch; `node` where the value stands in the document. */
function toTime(value: unknown, node?: ValueNode): number {
  const time = typeof value === 'string' && DATE_TIME.test(value) && isDay(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return time;
  throw badScalar('DateTime', 'ISO 8601 with a zone, such as "2024-01-31T12:00:00Z"', value, node);
}

/** Private */
function toDecimal(value: unknown, node?: ValueNode): string {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text === 'string' && DECIMAL.test(text)) return text;
  throw badScalar('Decimal', 'digits with at most one point, as a string such as "0.10"', value, node);
}

/** Private: Date.parse takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** Private */
function badScalar(name: string, rule: string, received: unknown, node: ValueNode | undefined): GraphQLError {
  return new GraphQLError(`${name}: is ${rule}, but got ${JSON.stringify(received)}.`, {
    nodes: node,
    extensions: { code: 'BAD_USER_INPUT', rule, received },
  });
}
