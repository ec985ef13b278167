import { roundStates } from '@ganglion/contracts';
import { roundLifecycle } from './round.lifecycle.js';

describe('the lifecycle of a round', () => {
  it('has exactly the states of the contract', () => {
    expect([...roundLifecycle.states].sort()).toEqual([...roundStates].sort());
  });

  it('can be aborted from every state that is not final', () => {
    const live = roundLifecycle.states.filter((state) => !roundLifecycle.isFinal(state));
    expect(live).toHaveLength(6);
    for (const state of live) expect(roundLifecycle.can(state, 'ABORTED')).toBe(true);
  });

  it('never skips the hashes: nobody reveals before the round has waited for them', () => {
    for (const state of roundLifecycle.states)
      expect(roundLifecycle.can(state, 'COMMITTING')).toBe(state === 'PRECOMMITTING');
  });
});
