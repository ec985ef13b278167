/** What a state looks like: a colour of the theme, and a few words for whoever sees it first. Never the colour alone. */
export interface Look {
  readonly colour: string;
  readonly meaning: string;
}

const look = (colour: string, meaning: string): Look => ({ colour, meaning });

/** Everything that has states, in the order of their lives; names that two lifecycles share look the same. */
const looks: Readonly<Record<string, Look>> = {
  // nodes
  REGISTERED: look('gray', 'has joined, waits for its first test'),
  TESTING: look('yellow', 'is being tested'),
  EPHEMERAL: look('teal', 'tested and free'),
  RESERVED: look('blue', 'serves a session'),
  QUARANTINED: look('red', 'put away after failures'),
  OFFLINE: look('dark', 'not heard of'),
  DRAINING: look('orange', 'ends what it has, then leaves'),
  RETIRED: look('gray', 'has left'),
  // tasks and attempts
  QUEUED: look('gray', 'waits for a node'),
  DISPATCHED: look('cyan', 'given to a miner'),
  OFFERED: look('gray', 'offered to a miner'),
  ACKED: look('cyan', 'taken by the miner'),
  STREAMING: look('blue', 'tokens come'),
  PRECOMMITTED: look('indigo', 'the miner has bound itself to its answer'),
  REVEALING: look('violet', 'the miner is asked for its data'),
  COMMITTED: look('violet', 'the data is there'),
  FINALISED: look('teal', 'validated and done'),
  ACCEPTED: look('teal', 'validated'),
  CANCELLING: look('orange', 'is being cancelled'),
  CANCELLED: look('gray', 'cancelled'),
  FAILED: look('red', 'failed'),
  REJECTED: look('red', 'did not hold'),
  LOST: look('red', 'the miner went away'),
  REFUSED: look('orange', 'the miner did not take it'),
  EXPIRED: look('orange', 'took too long'),
  // sessions
  REQUESTED: look('gray', 'asked for'),
  RESERVING: look('yellow', 'gathers its nodes'),
  READY: look('teal', 'has its nodes'),
  DEGRADED: look('orange', 'has fewer nodes than it wants'),
  CLOSING: look('orange', 'ends what it has'),
  CLOSED: look('gray', 'closed'),
  // rounds and audits
  CREATED: look('cyan', 'the challenge is made'),
  PREPARED: look('cyan', 'the answer is computed twice'),
  STARTED: look('blue', 'the participants answer'),
  PRECOMMITTING: look('indigo', 'answers are bound'),
  COMMITTING: look('violet', 'answers are revealed'),
  ENDED: look('teal', 'over'),
  ABORTED: look('orange', 'broken off'),
  DRAWN: look('cyan', 'drawn for an audit'),
  SCORING: look('blue', 'another node scores the answer'),
  CONFIRMING: look('indigo', 'more nodes are asked'),
  PASSED: look('teal', 'passed'),
  UNDECIDED: look('orange', 'nobody could say'),
  UNVERIFIABLE: look('gray', 'no node can check it'),
};

const UNKNOWN = look('gray', '');

export const lookOf = (state: string): Look => looks[state] ?? UNKNOWN;

/** Shades that black text can be read on, where the usual sixth is too dark for it. */
const shades: Readonly<Record<string, number>> = { dark: 3, indigo: 4, violet: 4 };

/** A colour that fills: the same on light and dark, strong enough beside both. */
export const fillOf = (state: string): string => {
  const { colour } = lookOf(state);
  return `var(--mantine-color-${colour}-${shades[colour] ?? 6})`;
};
