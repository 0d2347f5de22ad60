import { describe, expect, it } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { runUserCommand } from '../../src/accounts/run-user-command.js';
import { describeOnEachDatabase } from './on-each-database.js';

const clock = { now: () => Date.UTC(2026, 0, 15), monotonic: () => 0 };

describeOnEachDatabase('runUserCommand', (database) => {
  const accounts = () => new Accounts(database().db, clock);
  const run = (args: string, password?: string) => runWith(args, password, async () => accounts());

  it('adds an account, AUTHENTICATED or of another tier', async () => {
    expect(await run('add Ada@example.org', 'secret')).toEqual({
      code: 0,
      printed: ['ada@example.org has an account now, with the tier AUTHENTICATED.'],
      errors: [],
      questions: ['Password of Ada@example.org: '],
    });
    expect(await accounts().verifyPassword('ada@example.org', 'secret')).toMatchObject({ tier: 'AUTHENTICATED' });
    expect(await run('add bob@example.org premium', 'secret')).toMatchObject({ code: 0 });
    expect(await accounts().findByEmail('bob@example.org')).toMatchObject({ tier: 'PREMIUM' });
  });

  it('changes a password', async () => {
    await run('add ada@example.org', 'secret');
    const { code, printed } = await run('passwd ADA@example.org', 'other');
    expect({ code, printed }).toEqual({
      code: 0,
      printed: ['ada@example.org has a new password, and no session. Gateways that run know in about a second.'],
    });
    await accounts().verifyPassword('ada@example.org', 'other');
  });

  it('changes a tier', async () => {
    await run('add ada@example.org', 'secret');
    expect(await run('tier ada@example.org ADMIN')).toMatchObject({ code: 0, questions: [] });
    expect(await accounts().findByEmail('ada@example.org')).toMatchObject({ tier: 'ADMIN' });
  });

  it('removes an account', async () => {
    await run('add ada@example.org', 'secret');
    expect(await run('remove ada@example.org')).toMatchObject({ code: 0, questions: [] });
    expect(await accounts().findByEmail('ada@example.org')).toBeUndefined();
  });

  it.each(['passwd', 'remove', 'tier'])('fails to %s an account that is not there, without asking', async (command) => {
    const tier = command === 'tier' ? ' ADMIN' : '';
    expect(await run(`${command} eve@example.org${tier}`, 'secret')).toEqual({
      code: 1,
      printed: [],
      errors: ['Nobody has an account under the e-mail address eve@example.org.'],
      questions: [],
    });
  });

  it('fails to add what is no address, an address that is taken, or without a password', async () => {
    await run('add ada@example.org', 'secret');
    expect(await run('add ada@example.org', 'secret')).toMatchObject({
      code: 1,
      errors: ['email: must be one that has no account yet, but got "ada@example.org".'],
    });
    expect(await run('add ada', 'secret')).toMatchObject({
      code: 1,
      errors: [expect.stringContaining('e-mail address')],
    });
    expect(await run('add bob@example.org', '')).toMatchObject({ code: 1, errors: [expect.stringContaining('empty')] });
    expect(await run('add bob@example.org')).toMatchObject({
      code: 1,
      errors: ['No password was given, nothing is changed.'],
    });
    expect(await accounts().findByEmail('bob@example.org')).toBeUndefined();
  });
});

describe('runUserCommand', () => {
  it.each([
    ['', 'A command is missing.'],
    ['list', 'The command must be add, passwd, tier or remove, but got: list'],
    ['add', 'add: the e-mail address is missing.'],
    ['add a@b.org OWNER', 'The tier must be AUTHENTICATED or PREMIUM or ADMIN, but got: OWNER'],
    ['add a@b.org ANONYMOUS', 'The tier must be AUTHENTICATED or PREMIUM or ADMIN, but got: ANONYMOUS'],
    ['add a@b.org ADMIN secret', 'add takes an e-mail address and a tier, but got also: secret'],
    ['tier a@b.org', 'tier: the tier is missing.'],
    ['passwd a@b.org secret', 'passwd takes an e-mail address alone, but got also: secret'],
  ])('does not understand "%s", shows how it is used and opens no database', async (args, fault) => {
    const { code, printed, errors, questions } = await runWith(args, 'secret', noDatabase);
    expect({ code, printed, questions }).toEqual({ code: 2, printed: [], questions: [] });
    const usage = expect.stringContaining('passwd EMAIL') as string;
    expect(errors[0]?.split('\n\nUsage: npm run user -- COMMAND\n')).toEqual([fault, usage]);
  });

  it('shows how it is used when asked', async () => {
    expect(await runWith('add --help', undefined, noDatabase)).toMatchObject({
      code: 0,
      printed: [expect.stringMatching(/^Usage: /)],
      errors: [],
    });
  });

  it('fails with the words of whatever goes wrong', async () => {
    const broken = () => Promise.reject(new Error('The folder is in use.'));
    expect(await runWith('remove a@b.org', undefined, broken)).toMatchObject({
      code: 1,
      errors: ['The folder is in use.'],
    });
  });
});

/** Private */
async function runWith(args: string, password: string | undefined, openAccounts: () => Promise<Accounts>) {
  const printed: string[] = [];
  const errors: string[] = [];
  const questions: string[] = [];
  const code = await runUserCommand(args === '' ? [] : args.split(' '), {
    openAccounts,
    askPassword: async (question) => {
      questions.push(question);
      return password;
    },
    print: (line) => void printed.push(line),
    printError: (line) => void errors.push(line),
  });
  return { code, printed, errors, questions };
}

/** Private */
async function noDatabase(): Promise<Accounts> {
  throw new Error('A command that is wrong opens no database.');
}
