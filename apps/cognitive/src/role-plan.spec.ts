import { endMakers, MOST_TURNS, planRoles } from './role-plan.js';
import type { RoundFacts, TurnFacts } from './round-facts.js';

const start = new Date('2030-01-01T00:00:00.000Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const due = after(5_000);

const turn = (turnId: string, known: Partial<TurnFacts> = {}): TurnFacts => ({
  turnId,
  nodeId: `node of ${turnId}`,
  role: 'creator',
  state: 'ASKED',
  dueAt: due,
  reference: null,
  ...known,
});
const made = (turnId: string, known: Partial<TurnFacts> = {}): TurnFacts =>
  turn(turnId, { state: 'HANDED_IN', reference: 'an answer', ...known });
const round = (
  state: RoundFacts['state'],
  turns: TurnFacts[],
  known: Partial<RoundFacts> = {},
): RoundFacts => ({
  roundId: 'a round',
  state,
  deadlineAt: after(15_000),
  challenge: { prompt: 'p', answer: 'a', maxTokens: 1 },
  requestDigest: 'd'.repeat(64),
  reference: null,
  nobodyFor: null,
  words: new Map(),
  turns,
  participants: [],
  ...known,
});
const endings = (facts: RoundFacts, now: Date): Record<string, string> =>
  Object.fromEntries(
    planRoles(facts, now).endings.map(({ turnId, outcome, reason }) => [turnId, `${outcome} ${reason.code}`]),
  );

describe('the plan of who makes a challenge', () => {
  it('draws a creator, tells it, and waits', () => {
    expect(planRoles(round('REQUESTED', []), start)).toMatchObject({ draw: 'creator', moves: [] });
    const drawn = round('REQUESTED', [turn('a', { state: 'DRAWN' })]);
    expect(planRoles(drawn, start)).toMatchObject({ draw: null, ask: 'a', moves: [] });
    const nothing = { draw: null, ask: null, moves: [], endings: [], source: null };
    expect(planRoles(round('REQUESTED', [turn('a')]), after(4_999))).toEqual(nothing);
  });

  it('goes on to the preparer when the creator has handed in', () => {
    const plan = planRoles(round('REQUESTED', [made('a')]), start);
    expect(plan).toMatchObject({ moves: ['CREATED'], draw: 'preparer', source: null });
  });

  it('replaces who is silent at its deadline, and blames it', () => {
    const facts = round('REQUESTED', [turn('a')]);
    expect(endings(facts, due)).toEqual({ a: 'failed silent' });
    expect(planRoles(facts, due)).toMatchObject({ draw: 'creator', moves: [] });
  });

  it('excuses who could not be told', () => {
    expect(endings(round('REQUESTED', [turn('a', { state: 'DRAWN' })]), due)).toEqual({
      a: 'excused not_asked',
    });
  });

  it('leaves the challenge to the oracle when as many as may have failed', () => {
    const failed = ['a', 'b', 'c'].map((id) => turn(id, { state: 'FAILED' }));
    expect(failed).toHaveLength(MOST_TURNS);
    expect(planRoles(round('REQUESTED', failed), start)).toMatchObject({
      moves: ['CREATED', 'PREPARED'],
      source: 'oracle',
      endings: [],
    });
  });

  it('counts the turns of each role by themselves', () => {
    const turns = [
      turn('a', { state: 'FAILED' }),
      turn('b', { state: 'FAILED' }),
      made('c'),
      turn('d', { role: 'preparer', state: 'FAILED' }),
    ];
    expect(planRoles(round('CREATED', turns), start)).toMatchObject({ draw: 'preparer', source: null });
  });

  it('leaves it to the oracle when nobody is there, and excuses whose work is not used', () => {
    const facts = round('CREATED', [made('a')], { nobodyFor: 'preparer' });
    expect(planRoles(facts, start)).toMatchObject({ moves: ['PREPARED'], source: 'oracle' });
    expect(endings(facts, start)).toEqual({ a: 'excused not_used' });
  });

  it('goes on with whom another replica drew, whoever found nobody then', () => {
    const drawn = [made('a'), turn('b', { role: 'preparer' })];
    expect(planRoles(round('CREATED', drawn, { nobodyFor: 'preparer' }), start)).toMatchObject({
      moves: [],
      draw: null,
      source: null,
    });
    expect(planRoles(round('CREATED', [made('a')], { nobodyFor: 'creator' }), start)).toMatchObject({
      draw: 'preparer',
      source: null,
    });
  });

  it('does so too when the round has waited long enough, with the blame where it belongs', () => {
    const facts = round('CREATED', [made('a'), turn('b', { role: 'preparer', dueAt: after(14_000) })]);
    expect(planRoles(facts, after(15_000))).toMatchObject({ moves: ['PREPARED'], source: 'oracle' });
    expect(endings(facts, after(15_000))).toEqual({ a: 'excused not_used', b: 'failed silent' });
  });

  it('takes what two nodes agree on', () => {
    const plan = planRoles(round('CREATED', [made('a'), made('b', { role: 'preparer' })]), start);
    expect(plan).toMatchObject({ moves: ['PREPARED'], source: 'nodes', endings: [] });
  });

  it('believes neither of two that differ, and tests nobody with it', () => {
    const facts = round('CREATED', [made('a'), made('b', { role: 'preparer', reference: 'another' })]);
    expect(planRoles(facts, start)).toMatchObject({ moves: ['PREPARED'], source: 'oracle' });
    expect(endings(facts, start)).toEqual({ a: 'failed references_differ', b: 'failed references_differ' });
  });
});

describe('the end of those who made a challenge', () => {
  const facts = round('COMMITTING', [
    turn('a', { state: 'FAILED' }),
    made('b'),
    made('c', { role: 'preparer' }),
  ]);
  const outcomes = (isOverruled: boolean): string[] =>
    endMakers(facts, isOverruled).map(({ turnId, outcome, reason }) => `${turnId} ${outcome} ${reason.code}`);

  it('is a success when the round ends, of those who still have the role', () => {
    expect(outcomes(false)).toEqual(['b passed passed', 'c passed passed']);
  });

  it('is a failure when the participants have overruled them', () => {
    expect(outcomes(true)).toEqual(['b failed reference_overruled', 'c failed reference_overruled']);
  });
});
