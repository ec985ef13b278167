import { cognitive, nodePool, type PayloadOf, type Phase, sessionQueue } from '@ganglion/contracts';

/** What one heard event says of one node. */
export interface Heard {
  nodeId: string;
  at: Date;
  trials: readonly { phase: Phase; succeeded: boolean }[];
  /** What became of a task of a session. */
  task: {
    sessionId: string;
    outcome: 'accepted' | 'rejected' | 'lost';
    completionTokens: number;
  } | null;
}

/** The phases of a test in their order: one that was not reached was not tried. */
const testPhases = ['start', 'precommit', 'commit', 'correctness'] as const;

const fromVerdict = ({ nodeId, phases, passed, at }: PayloadOf<typeof cognitive.verdictGiven>): Heard => {
  const firstFailed = testPhases.findIndex((phase) => !phases[phase]);
  const tried = firstFailed < 0 ? testPhases : testPhases.slice(0, firstFailed + 1);
  return {
    nodeId,
    at: new Date(at),
    trials: [
      ...tried.map((phase) => ({ phase, succeeded: phases[phase] })),
      { phase: 'end' as const, succeeded: passed || phases.commit },
    ],
    task: null,
  };
};

const fromProbe = ({ nodeId, rttMs, at }: PayloadOf<typeof cognitive.nodeProbed>): Heard => ({
  nodeId,
  at: new Date(at),
  trials: [{ phase: 'ping', succeeded: rttMs !== null }],
  task: null,
});

const attemptTrials = {
  accepted: [
    { phase: 'start', succeeded: true },
    { phase: 'precommit', succeeded: true },
    { phase: 'commit', succeeded: true },
    { phase: 'end', succeeded: true },
  ],
  // What it committed was not what it had streamed, or could not be checked: the worst a node can do.
  rejected: [
    { phase: 'commit', succeeded: false },
    { phase: 'correctness', succeeded: false },
  ],
  lost: [{ phase: 'end', succeeded: false }],
} as const satisfies Record<string, readonly { phase: Phase; succeeded: boolean }[]>;

type AttemptFact = PayloadOf<typeof sessionQueue.attemptLost>;

/** An attempt at a test (it has no session) counts by its verdict, not twice. */
const fromAttempt = (
  { nodeId, at, sessionId }: Pick<AttemptFact, 'nodeId' | 'at' | 'sessionId'>,
  outcome: keyof typeof attemptTrials,
  completionTokens = 0,
): Heard => ({
  nodeId,
  at: new Date(at),
  trials: sessionId === null ? [] : attemptTrials[outcome],
  task: sessionId === null ? null : { sessionId, outcome, completionTokens },
});

const readers: Readonly<Record<string, (payload: never) => Heard>> = {
  [cognitive.verdictGiven.subject]: fromVerdict,
  [cognitive.nodeProbed.subject]: fromProbe,
  [sessionQueue.attemptAccepted.subject]: (fact: PayloadOf<typeof sessionQueue.attemptAccepted>) =>
    fromAttempt(fact, 'accepted', fact.completionTokens),
  [sessionQueue.attemptRejected.subject]: (fact: AttemptFact) => fromAttempt(fact, 'rejected'),
  [sessionQueue.attemptLost.subject]: (fact: AttemptFact) => fromAttempt(fact, 'lost'),
  [nodePool.nodeRegistered.subject]: ({ nodeId, at }: PayloadOf<typeof nodePool.nodeRegistered>) => ({
    nodeId,
    at: new Date(at),
    trials: [],
    task: null,
  }),
};

/** Reads an event of one of the subjects that reputation hears. The payload was parsed when it was heard. */
export const readEvent = (subject: string, payload: unknown): Heard => {
  const read = readers[subject];
  if (!read) throw new Error(`${subject} is not heard by reputation`);
  return read(payload as never);
};
