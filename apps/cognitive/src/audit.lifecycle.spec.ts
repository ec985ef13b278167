import { auditStates } from '@ganglion/contracts';
import { auditLifecycle } from './audit.lifecycle.js';

describe('the lifecycle of an audit', () => {
  it('has exactly the states of the contract', () => {
    expect([...auditLifecycle.states].sort()).toEqual([...auditStates].sort());
  });

  it('never accuses on the word of one verifier', () => {
    expect(auditLifecycle.can('SCORING', 'FAILED')).toBe(false);
    expect(auditLifecycle.can('CONFIRMING', 'FAILED')).toBe(true);
  });

  it('can end without an accusation from every state that is not final', () => {
    const live = auditLifecycle.states.filter((state) => !auditLifecycle.isFinal(state));
    expect(live).toHaveLength(3);
    for (const state of live)
      expect(auditLifecycle.can(state, state === 'CONFIRMING' ? 'UNDECIDED' : 'UNVERIFIABLE')).toBe(true);
  });
});
