import { describe, expect, it } from 'vitest';
import { decoyPasswordHash, hashPassword, matchesPassword } from '../../src/accounts/password.js';

describe('password', () => {
  it('matches the password that was hashed and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(await matchesPassword('correct horse', hash)).toBe(true);
    expect(await matchesPassword('correct horse ', hash)).toBe(false);
    expect(await matchesPassword('', hash)).toBe(false);
  });

  it('matches whichever way the keyboard composes an accent', async () => {
    expect(await matchesPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it('keeps to the parameters of the hash', async () => {
    // RFC 7914, section 12: scrypt("pleaseletmein", "SodiumChloride", N = 16384, r = 8, p = 1), the first 32 bytes.
    const key = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
    const salt = Buffer.from('SodiumChloride').toString('base64url');
    expect(await matchesPassword('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${salt}$${key.toString('base64url')}`)).toBe(
      true,
    );
  });

  it('has a decoy of the cost of a real hash that nothing matches', async () => {
    const parameters = (hash: string) => hash.split('$').slice(0, 3);
    expect(parameters(decoyPasswordHash)).toEqual(parameters(await hashPassword('')));
    expect(decoyPasswordHash).toHaveLength((await hashPassword('')).length);
    expect(await matchesPassword('', decoyPasswordHash)).toBe(false);
  });

  it('says what a stored password looks like when this one does not, without repeating it', async () => {
    await expect(matchesPassword('x', '$argon2id$secret')).rejects.toThrow(
      'A stored password is $scrypt$ln=…,r=…,p=…$SALT$KEY, but this one is not.',
    );
  });
});
