import { auditStates } from '@ganglion/contracts';
import { afterScore, atGivingUp, outcomeOf, scoreMs } from './audit-course.js';
import { auditLifecycle } from './audit.lifecycle.js';

describe('the course of an audit', () => {
  it('ends with the first verifier that finds nothing, and asks a second one before it accuses', () => {
    expect(afterScore('SCORING', false)).toBe('PASSED');
    expect(afterScore('SCORING', true)).toBe('CONFIRMING');
    expect(afterScore('CONFIRMING', true)).toBe('FAILED');
    expect(afterScore('CONFIRMING', false)).toBe('UNDECIDED');
  });

  it('goes only where its lifecycle leads', () => {
    for (const state of ['SCORING', 'CONFIRMING'] as const)
      for (const isFalse of [true, false])
        expect(auditLifecycle.can(state, afterScore(state, isFalse))).toBe(true);
    for (const state of auditStates.filter((one) => !auditLifecycle.isFinal(one)))
      expect(auditLifecycle.can(state, atGivingUp(state))).toBe(true);
  });

  it('has an outcome for every final state and for no other', () => {
    for (const state of auditStates)
      expect(outcomeOf(state) !== undefined).toBe(auditLifecycle.isFinal(state));
  });

  it('gives a verifier more time for a longer claim', () => {
    expect(scoreMs(1_000) - scoreMs(0)).toBe(20_000);
  });
});
