import type { Concurrency, Reason, Verdict } from '@ganglion/contracts';
import { countFailure } from './back-off.js';
import type { Change, NodeFacts } from './change.js';
import { isOnProbation } from './newcomers.js';
import { withConcurrency } from './shown-slots.js';
import { type Sample, verifiedSpeed, withSample } from './verified-speed.js';

/** Clocks of two modules may differ by this much. */
const CLOCK_TOLERANCE_MS = 2_000;
/** A miner that has just restarted may still be judged for a round that its former process was in. */
const COMING_UP_MS = 10_000;
/** The word for a node that sends far more than it was asked for. */
export const FLOODED = 'flooded';

/** Out until its back-off ends. */
const quarantine = (node: NodeFacts, reason: Reason, now: Date): Change => ({
  path: ['QUARANTINED'],
  reason,
  data: { ...countFailure(node, now), sessionId: null },
});

/**
 * What a verdict does to a node.
 *
 * In TESTING a pass frees the node, unless it is a stranger in a pool of `known` nodes and has to pass more, and a failure puts it away, unless the verdict is older than its stay there, or
 * says that it did not even start and its stay has been short.
 * Outside TESTING only a wrong answer counts, since that is proof: silence may be our own mix-up there, as when a
 * node left TESTING while a second round began.
 */
export const judge = (
  node: NodeFacts,
  verdict: Verdict,
  { now, known }: { now: Date; known: number },
): Change | null => {
  if (node.state === 'QUARANTINED' || node.state === 'RETIRED' || node.state === 'REGISTERED') return null;
  if (!verdict.passed) {
    const isWrong = verdict.phases.commit && !verdict.phases.correctness;
    if (node.state === 'TESTING' ? isUnjust(node, verdict) : !isWrong) return null;
    const failed = quarantine(node, verdict.reason, now);
    return { ...failed, data: { ...failed.data, tests: node.tests + 1 } };
  }
  if (node.state === 'OFFLINE' || node.state === 'DRAINING' || isOutdated(node, verdict)) return null;
  const data = {
    tests: node.tests + 1,
    testedAt: new Date(verdict.at),
    ...speedAfter(node, verdict),
    ...(verdict.concurrency
      ? { concurrency: withConcurrency(node.concurrency as Concurrency[], verdict.concurrency) }
      : {}),
    // The test that was drawn is over: others of its session may have theirs.
    ...(verdict.serving ? { drawnAt: null } : {}),
  };
  return node.state === 'TESTING' && !isOnProbation(data.tests, { known })
    ? { path: ['EPHEMERAL'], data: { ...data, wakeAt: null } }
    : { path: [], data };
};

/** What is known of its speed after one more passed test. */
const speedAfter = (
  node: NodeFacts,
  verdict: Verdict,
): { speeds: Sample[]; tokensPerSecond: number | null } => {
  const speeds = withSample(node.speeds as Sample[], verdict);
  return { speeds, tokensPerSecond: verifiedSpeed(speeds)?.decodeTokensPerSecond ?? node.tokensPerSecond };
};

const isOutdated = (node: NodeFacts, { at }: Verdict): boolean =>
  Date.parse(at) < node.stateAt.getTime() - CLOCK_TOLERANCE_MS;

const isUnjust = (node: NodeFacts, verdict: Verdict): boolean =>
  isOutdated(node, verdict) ||
  (!verdict.phases.start && Date.parse(verdict.at) < node.stateAt.getTime() + COMING_UP_MS);

/** Is this a reason to shut the node out for good, rather than for a while? Only that stops a flood. */
export const isOutlawed = ({ code }: Reason): boolean => code === FLOODED;

/** It was seen to misbehave: proof, wherever the node is now. */
export const convict = (node: NodeFacts, reason: Reason, now: Date): Change | null => {
  if (node.state === 'QUARANTINED' || node.state === 'RETIRED' || node.state === 'REGISTERED') return null;
  return quarantine(node, reason, now);
};

/** The queue refused its commitment. */
export const condemn = (node: NodeFacts, { code, message }: Reason, now: Date): Change | null =>
  convict(node, { code, message: `an answer of this node was refused: ${message}`.slice(0, 1_024) }, now);

/** What it gave for one of its answers is not what its model gives. */
export const failAudit = (node: NodeFacts, reasons: readonly Reason[], now: Date): Change | null => {
  const found = reasons.map(({ message }) => message).join('; ') || 'it was found false';
  const message = `an answer of this node failed its audit: ${found}`.slice(0, 1_024);
  return convict(node, { code: 'audit_failed', message }, now);
};

/** The end of a quarantine: to the next test, or OFFLINE if it is not there to be tested. */
export const wake = (node: NodeFacts, now: Date, isThere: boolean): Change | null => {
  if (node.state !== 'QUARANTINED' || (node.wakeAt && node.wakeAt > now)) return null;
  return isThere && !node.leftAt
    ? { path: ['TESTING'], reason: { code: 'back_off_ended', message: 'its quarantine has ended' } }
    : { path: ['OFFLINE'], reason: { code: 'silent', message: 'it was gone when its quarantine ended' } };
};

/** A new score, unless a newer one was already heard. */
export const rate = (
  node: NodeFacts,
  fact: { score: number; level?: number | undefined; at: string },
): Change | null => {
  const scoredAt = new Date(fact.at);
  return node.scoredAt && node.scoredAt > scoredAt
    ? null
    : {
        path: [],
        data: { score: fact.score, ...(fact.level === undefined ? {} : { level: fact.level }), scoredAt },
      };
};
