/** What an account may have; who has no account is ANONYMOUS, which no account is. */
export const ACCOUNT_TIERS = ['AUTHENTICATED', 'PREMIUM', 'ADMIN'] as const;

export type AccountTier = (typeof ACCOUNT_TIERS)[number];

export function isAccountTier(text: string): text is AccountTier {
  return ACCOUNT_TIERS.some((tier) => tier === text);
}
