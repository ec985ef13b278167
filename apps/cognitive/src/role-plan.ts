import type { Reason, RoundRole, RoundState } from '@ganglion/contracts';
import type { RoundFacts, TurnEnding, TurnFacts } from './round-facts.js';

/** Nodes that get a turn at a role; then the oracle has both. */
export const MOST_TURNS = 3;

/** What is to be done so that a round gets its challenge. */
export interface RolePlan {
  /** The states to pass, in order; empty: it stays. */
  moves: RoundState[];
  /** A node is to be drawn for this role. */
  draw: RoundRole | null;
  /** The turn whose node is to be told. */
  ask: string | null;
  endings: TurnEnding[];
  /** Set when the challenge is complete: whose it is. */
  source: 'nodes' | 'oracle' | null;
}

/**
 * Decides the next step of a round that has no challenge yet, from what is known. Pure and repeatable as `planRound`.
 * A silent node is replaced; what two nodes disagree about nobody is tested with.
 */
export const planRoles = (facts: RoundFacts, now: Date): RolePlan => {
  const role = facts.state === 'REQUESTED' ? 'creator' : 'preparer';
  const turns = facts.turns.filter((turn) => turn.role === role);
  const made = turns.find(({ state }) => state === 'HANDED_IN');
  if (made)
    return role === 'creator' ? { ...nothing, moves: ['CREATED'], draw: 'preparer' } : compare(facts, made);
  const endings = turns.filter((turn) => isLive(turn) && turn.dueAt <= now).map(endLate);
  const live = turns.find((turn) => isLive(turn) && turn.dueAt > now);
  if (facts.deadlineAt <= now) return fallBack(facts, endings);
  if (live) return { ...nothing, endings, ask: live.state === 'DRAWN' ? live.turnId : null };
  if (turns.length >= MOST_TURNS || facts.nobodyFor === role) return fallBack(facts, endings);
  return { ...nothing, endings, draw: role };
};

/** The oracle's challenge is used: nobody is there, or nobody is believed. */
const fallBack = (facts: RoundFacts, endings: readonly TurnEnding[] = []): RolePlan => {
  const ended = new Set(endings.map(({ turnId }) => turnId));
  const left = facts.turns.filter((turn) => isOpen(turn) && !ended.has(turn.turnId));
  return {
    ...nothing,
    moves: facts.state === 'REQUESTED' ? ['CREATED', 'PREPARED'] : ['PREPARED'],
    source: 'oracle',
    endings: [...endings, ...left.map(({ turnId }) => end(turnId, 'excused', reasons.notUsed))],
  };
};

/** How the nodes that made the challenge end with their round. */
export const endMakers = (facts: RoundFacts, isOverruled: boolean): TurnEnding[] =>
  facts.turns
    .filter(isOpen)
    .map(({ turnId }) =>
      isOverruled ? end(turnId, 'failed', reasons.overruled) : end(turnId, 'passed', reasons.passed),
    );

const compare = (facts: RoundFacts, prepared: TurnFacts): RolePlan => {
  const created = facts.turns.find(({ role, state }) => role === 'creator' && state === 'HANDED_IN');
  if (!created) return fallBack(facts);
  if (created.reference === prepared.reference) return { ...nothing, moves: ['PREPARED'], source: 'nodes' };
  return fallBack(
    facts,
    [created, prepared].map(({ turnId }) => end(turnId, 'failed', reasons.differ)),
  );
};

const nothing: RolePlan = { moves: [], draw: null, ask: null, endings: [], source: null };

const isLive = ({ state }: TurnFacts): boolean => state === 'DRAWN' || state === 'ASKED';
const isOpen = (turn: TurnFacts): boolean => isLive(turn) || turn.state === 'HANDED_IN';

/** Whom nobody told has done nothing wrong. */
const endLate = ({ turnId, state }: TurnFacts): TurnEnding =>
  state === 'ASKED' ? end(turnId, 'failed', reasons.silent) : end(turnId, 'excused', reasons.notAsked);

const end = (turnId: string, outcome: TurnEnding['outcome'], reason: Reason): TurnEnding => ({
  turnId,
  outcome,
  reason,
});

const reasons = {
  passed: { code: 'passed', message: 'did its part of the test' },
  silent: { code: 'silent', message: 'took the job, and handed in nothing before the deadline' },
  notAsked: { code: 'not_asked', message: 'it could not be told of its role in time' },
  notUsed: { code: 'not_used', message: "the oracle's own challenge was used in the end" },
  differ: {
    code: 'references_differ',
    message:
      'creator and preparer, of one determinism class, computed different answers: neither is believed',
  },
  overruled: {
    code: 'reference_overruled',
    message: 'most participants, of the same determinism class, agree on another answer',
  },
} as const satisfies Record<string, Reason>;
