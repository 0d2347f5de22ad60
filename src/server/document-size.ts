import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../support/gateway-error.js';
import type { RequestContext } from './request-context.js';

export const MAX_TOKENS = 5_000;
/** Brackets within brackets. graphql's parser calls itself for each: some thousands overflow the stack. */
export const MAX_NESTING = 100;

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Bounds a document before anything is made of it. One that was parsed before is not looked at again. */
export function useDocumentSize(): Plugin<RequestContext> {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source: Source | string, options: object) => {
        checkDocumentSize(typeof source === 'string' ? new Source(source) : source);
        return parseFn(source, options) as unknown;
      });
    },
  };
}

/** Throws BAD_USER_INPUT for a document that is too long or too deep. What is no GraphQL at all is left to the parser to say. */
export function checkDocumentSize(source: Source): void {
  const { tokens, nesting } = measure(source);
  if (tokens > MAX_TOKENS) throw tooLarge(`A document has at most ${MAX_TOKENS} tokens`, tokens, MAX_TOKENS);
  if (nesting > MAX_NESTING) {
    throw tooLarge(`A document nests at most ${MAX_NESTING} brackets in each other`, nesting, MAX_NESTING);
  }
}

/** Private: up to the end, or to what is no token. */
function measure(source: Source): { readonly tokens: number; readonly nesting: number } {
  const lexer = new Lexer(source);
  let [tokens, depth, nesting] = [0, 0, 0];
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
      tokens++;
      if (OPENING.has(kind)) nesting = Math.max(nesting, ++depth);
      else if (CLOSING.has(kind)) depth--;
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return { tokens, nesting };
}

/** Private */
function tooLarge(rule: string, received: number, allowed: number): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `${rule}, but this one has ${received}.`, { rule, received, allowed });
}
