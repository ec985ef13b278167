import {
  attemptStates,
  auditStates,
  nodeStates,
  roundStates,
  sessionStates,
  taskStates,
} from '@ganglion/contracts';
import { lookOf } from './states.js';

describe('the looks of states', () => {
  it.each([...nodeStates, ...taskStates, ...attemptStates, ...sessionStates, ...roundStates, ...auditStates])(
    'know %s',
    (state) => expect(lookOf(state).meaning).not.toBe(''),
  );

  it('have something for a state of a newer network', () => {
    expect(lookOf('DREAMING').colour).toBe('gray');
  });
});
