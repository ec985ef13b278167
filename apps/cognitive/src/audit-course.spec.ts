import { type AuditState, auditStates } from '@ganglion/contracts';
import { afterVotes, atGivingUp, outcomeOf, outvotedIn, scoreMs, type Vote } from './audit-course.js';
import { auditLifecycle } from './audit.lifecycle.js';

describe('the course of an audit', () => {
  const votes = (...said: boolean[]): Vote[] =>
    said.map((isFalse, at) => ({ nodeId: `node ${at}`, determinismClass: 'one', isFalse }));

  it.each<[string, boolean[], AuditState | null]>([
    ['one finds nothing', [false], 'PASSED'],
    ['one finds it false', [true], 'CONFIRMING'],
    ['two find it false', [true, true], 'FAILED'],
    ['two disagree', [true, false], null],
    ['two of three find it false', [true, false, true], 'FAILED'],
    ['two of three find nothing', [true, false, false], 'PASSED'],
  ])('accuses nobody on the word of one: %s', (_, said, state) => {
    expect(afterVotes(votes(...said))).toBe(state);
  });

  it('goes only where its lifecycle leads', () => {
    for (const said of [[false], [true]])
      expect(auditLifecycle.can('SCORING', afterVotes(votes(...said))!)).toBe(true);
    for (const last of [true, false])
      expect(auditLifecycle.can('CONFIRMING', afterVotes(votes(true, !last, last))!)).toBe(true);
    for (const state of auditStates.filter((one) => !auditLifecycle.isFinal(one)))
      expect(auditLifecycle.can(state, atGivingUp(state))).toBe(true);
  });

  it('finds the verifier that is wrong for certain: alone against two of its own class', () => {
    expect(outvotedIn(votes(true, false, true))).toMatchObject({ nodeId: 'node 1' });
    expect(outvotedIn(votes(true, false, false))).toMatchObject({ nodeId: 'node 0' });
    expect(outvotedIn(votes(true, false))).toBeNull();
    expect(outvotedIn(votes(true, true))).toBeNull();
    const [one, two, three] = votes(true, false, false);
    expect(outvotedIn([{ ...one!, determinismClass: 'other' }, two!, three!])).toBeNull();
    expect(outvotedIn([one!, { ...two!, determinismClass: 'other' }, three!])).toBeNull();
  });

  it('has an outcome for every final state and for no other', () => {
    for (const state of auditStates)
      expect(outcomeOf(state) !== undefined).toBe(auditLifecycle.isFinal(state));
  });

  it('gives a verifier more time for a longer claim', () => {
    expect(scoreMs(1_000) - scoreMs(0)).toBe(20_000);
  });
});
