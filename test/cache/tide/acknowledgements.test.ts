import { beforeEach, describe, expect, it } from 'vitest';
import { Acknowledgements } from '../../../src/cache/tide/acknowledgements.js';
import { UNKNOWN_MEMBER, type RaisedBefore, type TideServer } from '../../../src/cache/tide/tide-server.js';
import { LocalTide } from '../../support/local-tide.js';
import { ManualClock } from '../../support/manual-clock.js';
import { settle } from '../../support/turns.js';

const SILENCE_MS = 1_000;
const POLL_MS = 100;

describe('Acknowledgements', () => {
  let clock: ManualClock;
  let tide: LocalTide;
  let server: TideServer;
  let acknowledgements: Acknowledgements;

  beforeEach(async () => {
    clock = new ManualClock();
    tide = new LocalTide((_, arrive) => arrive());
    server = tide.connect('raiser');
    acknowledgements = new Acknowledgements(server, clock);
    const { generation, members } = await server.hold({ mirror: undefined });
    await server.drop(generation, members);
  });

  /** Makes it a member, as of now. */
  const join = async (id: string): Promise<void> => {
    const { generation, clock } = await server.hold({ mirror: undefined });
    await tide.connect(id).hold({ mirror: { generation, clock } });
  };
  const raise = (): Promise<RaisedBefore> => server.raise({ fields: ['m:a'], kind: 'hard' }, '');
  /** Whether the wait has ended is told by what it answers. */
  const wait = (raised: RaisedBefore, connection = server.connection): (() => boolean) => {
    let ended = false;
    void acknowledgements.wait(raised, connection).then(() => (ended = true));
    return () => ended;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += POLL_MS) {
      clock.advance(Math.min(POLL_MS, ms - passed));
      await settle();
    }
  };
  const members = async () => [...(await server.readMembers()).members.keys()];

  it('waits for nobody where there is no member', async () => {
    const ended = wait(await raise());
    await settle();
    expect(ended()).toBe(true);
  });

  it('waits until each member has acknowledged, and keeps them all', async () => {
    await join('one');
    await join('other');
    const raised = await raise();
    const ended = wait(raised);
    acknowledgements.record('one', raised.generation, raised.clock);
    await settle();
    expect(ended()).toBe(false);
    acknowledgements.record('other', raised.generation, raised.clock);
    await settle();
    expect(ended()).toBe(true);
    await pass(SILENCE_MS);
    expect(await members()).toEqual(['one', 'other']);
  });

  it('takes an acknowledgement that came before the answer of the raise', async () => {
    await join('one');
    const raised = await raise();
    acknowledgements.record('one', raised.generation, raised.clock);
    const ended = wait(raised);
    await settle();
    expect(ended()).toBe(true);
  });

  it('takes a later one for all before it, whatever comes after it', async () => {
    await join('one');
    const [first, second] = [await raise(), await raise()];
    acknowledgements.record('one', second.generation, second.clock);
    acknowledgements.record('one', first.generation, first.clock);
    const ended = [wait(first), wait(second)];
    await settle();
    expect(ended.map((each) => each())).toEqual([true, true]);
  });

  it.each([
    ['of an earlier change', (raised: RaisedBefore) => ({ ...raised, clock: raised.clock - 1 })],
    ['of another generation', (raised: RaisedBefore) => ({ generation: 'other', clock: raised.clock + 5 })],
  ])('does not take one %s', async (_, of) => {
    await join('one');
    const raised = await raise();
    const ended = wait(raised);
    const { generation, clock } = of(raised);
    acknowledgements.record('one', generation, clock);
    await settle();
    expect(ended()).toBe(false);
  });

  it('waits for who is silent for a second, once', async () => {
    await join('one');
    await join('silent');
    const raised = await raise();
    const ended = wait(raised);
    acknowledgements.record('one', raised.generation, raised.clock);
    await pass(SILENCE_MS - 1);
    expect([ended(), await members()]).toEqual([false, ['one', 'silent']]);
    await pass(1);
    expect([ended(), await members()]).toEqual([true, ['one']]);
  });

  it('waits for those whom a new generation does not know, too', async () => {
    tide.evict();
    const ended = wait(await raise());
    await pass(SILENCE_MS - 1);
    expect([ended(), await members()]).toEqual([false, [UNKNOWN_MEMBER]]);
    await pass(1);
    expect([ended(), await members()]).toEqual([true, []]);
  });

  it('needs no acknowledgement of who has held since, which he only can with the change in his mirror', async () => {
    await join('one');
    const ended = wait(await raise());
    await join('one');
    await pass(POLL_MS);
    expect([ended(), await members()]).toEqual([true, ['one']]);
  });

  it('needs none of who is a member no more', async () => {
    await join('one');
    const raised = await raise();
    const ended = wait(raised);
    await server.drop(raised.generation, raised.members);
    await pass(POLL_MS);
    expect(ended()).toBe(true);
  });

  it('lets no member go who has held since it was asked last', async () => {
    await join('one');
    const ended = wait(await raise());
    await pass(SILENCE_MS - 1);
    await join('one');
    await pass(1);
    expect([ended(), await members()]).toEqual([true, ['one']]);
  });

  it('waits the whole second where the generation is another one', async () => {
    await join('one');
    const ended = wait(await raise());
    tide.evict();
    await join('other');
    await pass(SILENCE_MS - 1);
    expect(ended()).toBe(false);
    await pass(1);
    // And touches nobody there.
    expect([ended(), await members()]).toEqual([true, [UNKNOWN_MEMBER, 'other']]);
  });

  it.each([
    ['on another connection than the raise was sent on', 'another'],
    ['where there was none', undefined],
  ])('does not believe what it is told of members %s', async (_, connection) => {
    await join('one');
    const raised = await raise();
    let ended = false;
    void acknowledgements.wait(raised, connection).then(() => (ended = true));
    await join('one');
    await pass(SILENCE_MS - 1);
    expect(ended).toBe(false);
    await pass(1);
    expect(ended).toBe(true);
  });

  it('waits no longer where the tide does not answer', async () => {
    await join('one');
    const ended = wait(await raise());
    tide.refused.add('raiser');
    await pass(SILENCE_MS - 1);
    expect(ended()).toBe(false);
    await pass(1);
    expect(ended()).toBe(true);
    tide.refused.clear();
    // It could not be let go, and is waited for again.
    expect(await members()).toEqual(['one']);
  });

  it('forgets what those said who are members no more', async () => {
    await join('one');
    const raised = await raise();
    acknowledgements.record('one', raised.generation, raised.clock + 5);
    await acknowledgements.wait({ ...raised, members: new Map() }, server.connection);
    const ended = wait(raised);
    await settle();
    expect(ended()).toBe(false);
  });
});
