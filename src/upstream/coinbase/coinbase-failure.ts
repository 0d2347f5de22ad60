import { GatewayError } from '../../support/gateway-error.js';

/** Why a call brought nothing that can be used. An answer such as 404 that says something about the question is none. */
export type CoinbaseFailure =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'network'; readonly cause: unknown }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'body'; readonly path: string; readonly cause: Error };

/** Whether asking again may help soon. After a timeout the caller has waited long enough; a wrong body would come again. */
export function isRetryable(failure: CoinbaseFailure): boolean {
  if (failure.kind === 'status') return failure.status === 429 || failure.status >= 500;
  return failure.kind === 'network';
}

/** In a word or two, for an operator: `503`, `no answer in 5 s`, `ECONNREFUSED`, `unexpected body`. */
export function describeFailure(failure: CoinbaseFailure): string {
  switch (failure.kind) {
    case 'status':
      return String(failure.status);
    case 'network':
      return networkReason(failure.cause);
    case 'timeout':
      return `no answer in ${failure.timeoutMs / 1_000} s`;
    case 'body':
      return 'unexpected body';
  }
}

/** What the client is told. `waitMs` is how long to wait before asking again, where Coinbase limits us. */
export function failureError(failure: CoinbaseFailure, attempts: number, waitMs: number): GatewayError {
  const times = TIMES[attempts - 1] ?? `${attempts} times`;
  switch (failure.kind) {
    case 'status': {
      if (failure.status !== 429) return unavailable(`Coinbase answered ${failure.status} ${times}.`);
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
      return new GatewayError(
        'UPSTREAM_RATE_LIMITED',
        `Coinbase answered 429 (too many requests) ${times}. Try again in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      );
    }
    case 'network':
      return unavailable(
        `Coinbase could not be reached (${networkReason(failure.cause)}), tried ${times}.`,
        failure.cause,
      );
    case 'timeout':
      return new GatewayError('UPSTREAM_TIMEOUT', `Coinbase did not answer within ${failure.timeoutMs / 1_000} s.`);
    case 'body':
      return unavailable(
        `Coinbase answered ${failure.path} with a body other than documented: ${failure.cause.message}`,
        failure.cause,
      );
  }
}

/** Private */
const TIMES = ['once', 'twice', 'three times'];

/** Private */
function unavailable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', message, {}, { cause });
}

/** Private: fetch says "fetch failed" and keeps the reason in `cause`. Its code alone is told: its message may hold addresses. */
function networkReason(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (reason instanceof Error && 'code' in reason && typeof reason.code === 'string') return reason.code;
  return 'network error';
}
