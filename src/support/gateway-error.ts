/** The codes of `errors[].extensions.code` and of `ItemError.code` (CONTRACT.md, Errors). */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'INTERNAL';

/** What a client is told beside the message: the rule, what came, and how to go on. Plain JSON values only. */
export interface ErrorDetails {
  readonly argument?: string;
  readonly rule?: string;
  readonly received?: unknown;
  readonly allowed?: unknown;
  readonly symbol?: string;
  readonly retryAfterSeconds?: number;
  /** Of the entry in the log that tells more. */
  readonly id?: string;
}

/**
 * An error whose message and details a client may read. Everything else that is thrown is masked as INTERNAL.
 * `cause` stays in the process: it goes to the log, never to a client.
 */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Bad input: names the argument, the rule and what came. */
export function badInput(argument: string, rule: string, received: unknown, allowed?: unknown): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `${argument}: ${rule}, but got ${show(received)}.`, {
    argument,
    rule,
    received: shorten(received),
    ...(allowed === undefined ? {} : { allowed }),
  });
}

/** A symbol that the source does not have. */
export function unknownSymbol(symbol: string): GatewayError {
  return new GatewayError(
    'NOT_FOUND',
    `No instrument has the symbol ${show(symbol)}. Query instruments(search:) lists what there is.`,
    {
      argument: 'symbol',
      symbol: String(shorten(symbol)),
    },
  );
}

/** Private: what came, short enough to repeat to whoever sent it. */
function shorten(value: unknown): unknown {
  if (typeof value === 'string' && value.length > 80) return `${value.slice(0, 77)}…`;
  if (Array.isArray(value) && value.length > 5) return `${value.length} items`;
  return value;
}

/** Private */
function show(value: unknown): string {
  const short = shorten(value);
  return typeof short === 'string' && !Array.isArray(value) ? `"${short}"` : (JSON.stringify(short) ?? String(short));
}
