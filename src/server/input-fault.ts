import { isEnumType, type GraphQLSchema } from 'graphql';
import type { ErrorDetails } from '../support/gateway-error.js';

const INVALID = /^Variable "\$(\w+)" got invalid value (.+?)(?: at "([^"]+)")?; (.+)$/s;
const MISSING = /^Variable "\$(\w+)" of (?:required|non-null) type "(.+)" (was not provided|must not be null)\.$/;
const ARGUMENT = /^Argument "(\w+)" (.+?)\.?$/s;
const ENUM = / in "(\w+)" enum/;
const LONGEST = 80;

/** The details of what graphql says of a variable or an argument that does not fit its type: it has them in its message alone. */
export function inputFault(message: string, schema: GraphQLSchema): ErrorDetails | undefined {
  const [, missing, type, how] = MISSING.exec(message) ?? [];
  if (missing !== undefined) {
    const received = how === 'must not be null' ? null : 'none';
    return { argument: missing, rule: `has a value of the type ${type}`, received };
  }
  const [, argument, broken] = ARGUMENT.exec(message) ?? [];
  if (argument !== undefined) return { argument, rule: broken };
  const [, name, value = '', place, rule] = INVALID.exec(message) ?? [];
  if (name === undefined) return undefined;
  const named = schema.getType(ENUM.exec(rule ?? '')?.[1] ?? '');
  const allowed = isEnumType(named) ? { allowed: named.getValues().map((each) => each.name) } : {};
  return { argument: place ?? name, rule, received: readable(value), ...allowed };
}

/** Private: graphql prints values much as JSON does. */
function readable(value: string): unknown {
  if (value.length > LONGEST) return `${value.slice(0, LONGEST - 1)}…`;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
