import { TokenKind, type ASTNode, type Token } from 'graphql';

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.PAREN_L, TokenKind.BRACE_L, TokenKind.BRACKET_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.PAREN_R, TokenKind.BRACE_R, TokenKind.BRACKET_R]);

/**
 * The argument, or the variable by its default, that a value of a document belongs to, with the input fields on the way as graphql spells
 * them: `input.from`. A node knows no parents, but its tokens know what stands before them. Undefined where there are no tokens.
 */
export function literalArgument(value: ASTNode | undefined): string | undefined {
  const names: string[] = [];
  let token: Token | null = value?.loc?.startToken ?? null;
  while (token && token.kind !== TokenKind.PAREN_L) {
    if (token.prev?.kind === TokenKind.EQUALS) return [variableBefore(token.prev), ...names].join('.');
    if (token.prev?.kind === TokenKind.COLON) names.unshift(token.prev.prev?.value ?? '');
    token = openingBefore(token);
  }
  return token ? names.join('.') : undefined;
}

/** Private: the bracket that is open where a token stands. */
function openingBefore(start: Token): Token | null {
  let closed = 0;
  for (let token = start.prev; token; token = token.prev) {
    if (CLOSING.has(token.kind)) closed++;
    if (OPENING.has(token.kind) && closed-- === 0) return token;
  }
  return null;
}

/** Private: in `$name: Type = default`. */
function variableBefore(equals: Token): string | undefined {
  let token: Token | null = equals;
  while (token && token.kind !== TokenKind.DOLLAR) token = token.prev;
  return token?.next?.value;
}
