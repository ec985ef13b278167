import { cognitive, nodePool, type PayloadOf, sessionQueue } from '@ganglion/contracts';
import type { Timing } from './speed.js';
import type { Trial } from './stat.js';

/** What one heard event says of one node. */
export interface Heard {
  nodeId: string;
  at: Date;
  trials: readonly Trial[];
  /** What the oracle measured of an answer that was right: a failure, however fast, says nothing of speed. */
  timing: Timing | null;
  /** Why something failed, as whoever judged it said. */
  code: string | null;
  /** What became of a task of a session. */
  task: {
    sessionId: string;
    outcome: 'accepted' | 'rejected' | 'lost';
    completionTokens: number;
  } | null;
}

/** The phases of a test in their order: one that was not reached was not tried. */
const testPhases = ['start', 'precommit', 'commit', 'correctness'] as const;

const fromVerdict = (verdict: PayloadOf<typeof cognitive.verdictGiven>): Heard => {
  const { nodeId, phases, passed, measured, reason, at } = verdict;
  const firstFailed = testPhases.findIndex((phase) => !phases[phase]);
  const tried = firstFailed < 0 ? testPhases : testPhases.slice(0, firstFailed + 1);
  return {
    nodeId,
    at: new Date(at),
    trials: [
      ...tried.map((phase) => ({ phase, succeeded: phases[phase] })),
      { phase: 'end' as const, succeeded: passed || phases.commit },
    ],
    timing: passed ? { ttftMs: measured.ttftMs, tokensPerSecond: measured.tokensPerSecond } : null,
    code: passed ? null : reason.code,
    task: null,
  };
};

/** An audit that decided nothing says nothing. */
const fromAudit = ({ nodeId, at, outcome, reasons }: PayloadOf<typeof cognitive.auditEnded>): Heard => ({
  nodeId,
  at: new Date(at),
  trials:
    outcome === 'passed' || outcome === 'failed'
      ? [{ phase: 'correctness', succeeded: outcome === 'passed' }]
      : [],
  timing: null,
  code: outcome === 'failed' ? (reasons[0]?.code ?? null) : null,
  task: null,
});

/** Scores that its model does not give are as false as answers are. */
const fromOutvoted = ({ nodeId, at, reason }: PayloadOf<typeof cognitive.verifierOutvoted>): Heard => ({
  nodeId,
  at: new Date(at),
  trials: [{ phase: 'correctness', succeeded: false }],
  timing: null,
  code: reason.code,
  task: null,
});

const phaseOfRole = { creator: 'create', preparer: 'prepare' } as const;

/** What an excused node did says nothing. */
const fromRole = ({ nodeId, at, role, outcome, reason }: PayloadOf<typeof cognitive.roleEnded>): Heard => ({
  nodeId,
  at: new Date(at),
  trials: outcome === 'excused' ? [] : [{ phase: phaseOfRole[role], succeeded: outcome === 'passed' }],
  timing: null,
  code: outcome === 'failed' ? reason.code : null,
  task: null,
});

const fromProbe = ({ nodeId, rttMs, at }: PayloadOf<typeof cognitive.nodeProbed>): Heard => ({
  nodeId,
  at: new Date(at),
  trials: [{ phase: 'ping', succeeded: rttMs !== null }],
  timing: null,
  code: null,
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
} as const satisfies Record<string, readonly Trial[]>;

type AttemptFact = PayloadOf<typeof sessionQueue.attemptLost>;

/** An attempt at a test (it has no session) counts by its verdict, not twice. */
const fromAttempt = (
  { nodeId, at, sessionId }: Pick<AttemptFact, 'nodeId' | 'at' | 'sessionId'>,
  outcome: keyof typeof attemptTrials,
  { completionTokens = 0, code = null }: { completionTokens?: number; code?: string | null },
): Heard => ({
  nodeId,
  at: new Date(at),
  trials: sessionId === null ? [] : attemptTrials[outcome],
  // Its times are the queue's, of whatever a client asked for: only those of the oracle's own tests compare.
  timing: null,
  code,
  task: sessionId === null ? null : { sessionId, outcome, completionTokens },
});

const readers: Readonly<Record<string, (payload: never) => Heard>> = {
  [cognitive.verdictGiven.subject]: fromVerdict,
  [cognitive.nodeProbed.subject]: fromProbe,
  [cognitive.auditEnded.subject]: fromAudit,
  [cognitive.verifierOutvoted.subject]: fromOutvoted,
  [cognitive.roleEnded.subject]: fromRole,
  [sessionQueue.attemptAccepted.subject]: (fact: PayloadOf<typeof sessionQueue.attemptAccepted>) =>
    fromAttempt(fact, 'accepted', { completionTokens: fact.completionTokens }),
  [sessionQueue.attemptRejected.subject]: (fact: AttemptFact) =>
    fromAttempt(fact, 'rejected', { code: fact.reason.code }),
  [sessionQueue.attemptLost.subject]: (fact: AttemptFact) =>
    fromAttempt(fact, 'lost', { code: fact.reason.code }),
  [nodePool.nodeRegistered.subject]: ({ nodeId, at }: PayloadOf<typeof nodePool.nodeRegistered>) => ({
    nodeId,
    at: new Date(at),
    trials: [],
    timing: null,
    code: null,
    task: null,
  }),
};

/** Reads an event of one of the subjects that reputation hears. The payload was parsed when it was heard. */
export const readEvent = (subject: string, payload: unknown): Heard => {
  const read = readers[subject];
  if (!read) throw new Error(`${subject} is not heard by reputation`);
  return read(payload as never);
};
