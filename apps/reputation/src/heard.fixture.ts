import { cognitive, nodePool, sessionQueue } from '@ganglion/contracts';
import { seeded } from '@ganglion/testkit/seeded';
import type { NewEvent } from './ledger.store.js';

export const nodeA = `U${'A'.repeat(55)}`;
export const nodeB = `U${'B'.repeat(55)}`;
export const sessionId = '01890000-0000-7000-8000-000000000009';
export const START = Date.UTC(2030, 0, 1);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

const iso = (at: number): string => new Date(at).toISOString();
type TestPhase = 'start' | 'precommit' | 'commit' | 'correctness';
const order: readonly TestPhase[] = ['start', 'precommit', 'commit', 'correctness'];

interface About {
  readonly at?: number;
  readonly nodeId?: string;
}

/** What cognitive says of a test; it failed at a phase, or passed. */
export const verdict = ({
  at = START,
  nodeId = nodeA,
  failed = null,
  ttftMs = 500,
  tokensPerSecond = 20,
}: About & {
  failed?: TestPhase | null;
  ttftMs?: number | null;
  tokensPerSecond?: number | null;
}): Omit<NewEvent, 'eventId'> => {
  const reached = failed === null ? order.length : order.indexOf(failed);
  return {
    subject: cognitive.verdictGiven.subject,
    payload: {
      roundId: sessionId,
      nodeId,
      taskId: sessionId,
      passed: failed === null,
      reason: { code: failed === null ? 'passed' : `no_${failed}`, message: 'as the spec says' },
      phases: Object.fromEntries(order.map((phase, n) => [phase, n < reached])),
      measured: { ttftMs, tokensPerSecond, durationMs: 1_000 },
      at: iso(at),
    },
  };
};

/** What cognitive says of an audit of an answer. */
export const audit = (
  outcome: 'passed' | 'failed' | 'undecided' | 'unverifiable',
  { at = START, nodeId = nodeA }: About = {},
): Omit<NewEvent, 'eventId'> => ({
  subject: cognitive.auditEnded.subject,
  payload: {
    auditId: sessionId,
    nodeId,
    taskId: sessionId,
    attempt: 1,
    outcome,
    reasons: outcome === 'failed' ? [{ code: 'wrong_token', message: 'as the spec says' }] : [],
    at: iso(at),
  },
});

/** What cognitive says of a verifier that two others of its class contradict. */
export const outvoted = ({ at = START, nodeId = nodeA }: About = {}): Omit<NewEvent, 'eventId'> => ({
  subject: cognitive.verifierOutvoted.subject,
  payload: {
    auditId: sessionId,
    nodeId,
    reason: { code: 'outvoted', message: 'as the spec says' },
    at: iso(at),
  },
});

/** What cognitive says of a node that made or prepared a test. */
export const role = (
  name: 'creator' | 'preparer',
  outcome: 'passed' | 'failed' | 'excused',
  { at = START, nodeId = nodeA }: About = {},
): Omit<NewEvent, 'eventId'> => ({
  subject: cognitive.roleEnded.subject,
  payload: {
    roundId: sessionId,
    nodeId,
    role: name,
    outcome,
    reason: { code: outcome === 'failed' ? 'silent' : outcome, message: 'as the spec says' },
    at: iso(at),
  },
});

/** What the queue says of an attempt; at a test when it has no session. */
export const attempt = (
  outcome: 'accepted' | 'rejected' | 'lost',
  {
    at = START,
    nodeId = nodeA,
    session = sessionId,
    tokens = 7,
  }: About & { session?: string | null; tokens?: number } = {},
): Omit<NewEvent, 'eventId'> => ({
  subject: {
    accepted: sessionQueue.attemptAccepted.subject,
    rejected: sessionQueue.attemptRejected.subject,
    lost: sessionQueue.attemptLost.subject,
  }[outcome],
  payload: {
    taskId: sessionId,
    attempt: 1,
    nodeId,
    sessionId: session,
    at: iso(at),
    ...(outcome === 'accepted'
      ? { completionTokens: tokens, ttftMs: 3, durationMs: 9 }
      : { reason: { code: `was_${outcome}`, message: 'as the spec says' } }),
  },
});

export const probe = (rttMs: number | null, { at = START, nodeId = nodeA }: About = {}) => ({
  subject: cognitive.nodeProbed.subject,
  payload: { nodeId, rttMs, at: iso(at) },
});

export const registered = ({ at = START, nodeId = nodeA }: About = {}) => ({
  subject: nodePool.nodeRegistered.subject,
  payload: { nodeId, at: iso(at) },
});

/** A story of `count` events of any kind: mostly good, now and then late by days, of one node unless it names more. */
export const story = (seed: number, count: number, nodeIds: readonly string[] = [nodeA]): NewEvent[] => {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: count }, (_, n) => {
    const isLate = random() < 0.1;
    const at =
      START + n * 20 * MINUTE + Math.floor(random() * MINUTE) - (isLate ? Math.floor(random() * 5 * DAY) : 0);
    const about = { at, nodeId: pick(nodeIds) };
    const kind = random();
    const isBad = random() < 0.15;
    const eventId = `${seed}-${n}`;
    if (kind < 0.4)
      return {
        eventId,
        ...verdict({
          ...about,
          failed: isBad ? pick(order) : null,
          ttftMs: random() < 0.1 ? null : random() * 3_000,
          tokensPerSecond: random() * 80,
        }),
      };
    if (kind < 0.6) return { eventId, ...probe(isBad ? null : random() * 50, about) };
    if (kind < 0.65) return { eventId, ...registered(about) };
    const session = random() < 0.2 ? null : sessionId;
    const outcome = isBad ? pick(['rejected', 'lost'] as const) : 'accepted';
    return { eventId, ...attempt(outcome, { ...about, session, tokens: Math.floor(random() * 900) }) };
  });
};
