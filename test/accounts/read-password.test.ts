import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from '../../src/accounts/read-password.js';

describe('readPassword', () => {
  it.each([
    ['the first line of a pipe', 'correct horse\nbattery\n', 'correct horse'],
    ['a line without an end', 'correct horse', 'correct horse'],
    ['a line that ends as on Windows', 'correct horse\r\n', 'correct horse'],
    ['an empty line', '\n', ''],
    ['nothing', '', undefined],
  ])('takes %s', async (_name, sent, password) => {
    const { input, shown, read } = setUp(false);
    input.end(sent);
    expect(await read()).toBe(password);
    expect(shown()).toBe('');
  });

  it('asks on a terminal and shows nothing of what is typed', async () => {
    const { input, shown, read } = setUp(true);
    const password = read();
    for (const key of ['s', 'e', 'x', '\x7f', 'c', 'ret', '\r']) input.write(key);
    expect(await password).toBe('secret');
    expect(shown()).toBe('Password: \n');
    expect(input.modes).toEqual([true, false]);
  });

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('takes nothing from a terminal after %s', async (_name, key) => {
    const { input, read } = setUp(true);
    const password = read();
    input.write(key);
    expect(await password).toBeUndefined();
    expect(input.modes).toEqual([true, false]);
  });
});

/** Private: a terminal as readline sees it, noting when it is told to show what is typed (raw: false) and when not. */
class Terminal extends PassThrough {
  readonly modes: boolean[] = [];
  constructor(readonly isTTY: boolean) {
    super();
  }
  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }
}

/** Private */
function setUp(isTTY: boolean) {
  const input = new Terminal(isTTY);
  const output = new PassThrough().setEncoding('utf8');
  return {
    input,
    shown: () => String(output.read() ?? ''),
    read: () => readPassword('Password: ', { input, output }),
  };
}
