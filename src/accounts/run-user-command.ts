import { GatewayError } from '../support/gateway-error.js';
import { ACCOUNT_TIERS, type AccountTier, isAccountTier } from './account-tier.js';
import type { Account, Accounts } from './accounts.js';

/** What the command needs of its surroundings. */
export interface UserCommandContext {
  /** Opens the database. Called once at most, and not at all for a command that is wrong. */
  openAccounts(): Promise<Accounts>;
  /** Undefined where no password came. */
  askPassword(question: string): Promise<string | undefined>;
  print(line: string): void;
  printError(line: string): void;
}

const USAGE = `Usage: npm run user -- COMMAND

  add EMAIL [TIER]    makes an account and asks for its password
  passwd EMAIL        asks for a new password and ends the sessions of the account
  tier EMAIL TIER     changes the tier
  remove EMAIL        removes the account with all that belongs to it

TIER is one of ${ACCOUNT_TIERS.join(', ')}; AUTHENTICATED where none is given.
A password is typed, without being shown, or is the first line of the standard input.
DATABASE_URL says which database; without it, it is the embedded one in DATA_DIR (./data).`;

/** The outbox has it: see commit.ts. */
const TOLD = 'Gateways that run know in about a second.';

/** Runs `npm run user -- …args` and answers the exit code: 0 done, 1 failed, 2 not understood. */
export async function runUserCommand(args: readonly string[], context: UserCommandContext): Promise<0 | 1 | 2> {
  if (args.includes('--help') || args.includes('-h')) {
    context.print(USAGE);
    return 0;
  }
  const command = parseCommand(args);
  if (typeof command === 'string') {
    context.printError(`${command}\n\n${USAGE}`);
    return 2;
  }
  try {
    context.print(await run(command, context));
    return 0;
  } catch (error) {
    context.printError(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** Private */
type Command =
  | { readonly name: 'passwd' | 'remove'; readonly email: string }
  | { readonly name: 'add' | 'tier'; readonly email: string; readonly tier: AccountTier };

/** Private: the command, or what is wrong with it. */
function parseCommand(args: readonly string[]): Command | string {
  const [name, email, tier, ...rest] = args;
  if (name === undefined) return 'A command is missing.';
  if (name !== 'add' && name !== 'passwd' && name !== 'tier' && name !== 'remove') {
    return `The command must be add, passwd, tier or remove, but got: ${name}`;
  }
  if (email === undefined) return `${name}: the e-mail address is missing.`;
  if (name === 'passwd' || name === 'remove') {
    return tier === undefined ? { name, email } : `${name} takes an e-mail address alone, but got also: ${tier}`;
  }
  if (rest.length > 0) return `${name} takes an e-mail address and a tier, but got also: ${rest.join(' ')}`;
  const upper = tier?.toUpperCase() ?? (name === 'add' ? 'AUTHENTICATED' : undefined);
  if (upper === undefined) return 'tier: the tier is missing.';
  if (!isAccountTier(upper)) return `The tier must be ${ACCOUNT_TIERS.join(' or ')}, but got: ${tier}`;
  return { name, email, tier: upper };
}

/** Private: does it, and answers what was done. */
async function run(command: Command, context: UserCommandContext): Promise<string> {
  const accounts = await context.openAccounts();
  switch (command.name) {
    case 'add': {
      const password = await askPassword(context, command.email);
      const account = await accounts.create({ email: command.email, password, tier: command.tier });
      return `${account.email} has an account now, with the tier ${account.tier}.`;
    }
    case 'passwd': {
      const account = await findAccount(accounts, command.email);
      await accounts.setPassword(account.id, await askPassword(context, account.email));
      return `${account.email} has a new password, and no session. ${TOLD}`;
    }
    case 'tier': {
      const account = await findAccount(accounts, command.email);
      await accounts.setTier(account.id, command.tier);
      return `${account.email} has the tier ${command.tier} now. ${TOLD}`;
    }
    case 'remove': {
      const account = await findAccount(accounts, command.email);
      await accounts.remove(account.id);
      return `${account.email} has no account any more. ${TOLD}`;
    }
  }
}

/** Private */
async function askPassword(context: UserCommandContext, email: string): Promise<string> {
  const password = await context.askPassword(`Password of ${email}: `);
  if (password === undefined) throw new GatewayError('BAD_USER_INPUT', 'No password was given, nothing is changed.');
  return password;
}

/** Private */
async function findAccount(accounts: Accounts, email: string): Promise<Account> {
  const account = await accounts.findByEmail(email);
  if (!account) throw new GatewayError('NOT_FOUND', `Nobody has an account under the e-mail address ${email}.`);
  return account;
}
