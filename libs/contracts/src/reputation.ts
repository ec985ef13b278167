import { z } from 'zod';
import { eventSearch } from './event-log.js';
import { event, nodeRequest, request } from './message.js';
import { count, nodeId, page, pageOf, reason, smallCount, taskId, timestamp, uuid } from './value.js';

export const phases = [
  'request',
  'create',
  'prepare',
  'start',
  'precommit',
  'commit',
  'end',
  'correctness',
  'ping',
] as const;
export const phase = z.enum(phases);
export type Phase = z.infer<typeof phase>;

export const phaseCount = z.object({ phase, total: count, succeeded: count, points: z.number() });

/** 0 to 10; from level L it takes 2^L successes in a row to the next. */
const level = z.int().min(0).max(10);
/** Milliseconds since 1970. */
const epochMs = z.int();

/** The parts of a score, each 0 to 1. */
export const axes = z.object({
  /** Was what it said true? The Wilson lower bound over answers and commits; failures weigh more and fade slower. */
  correct: z.number(),
  /** Was it there, and did it do its part? */
  available: z.number(),
  /** How fast it answers, by the oracle's own timing of passed tests; 0 as long as none was timed. */
  fast: z.number(),
});

export const scoreView = z.object({
  nodeId,
  /** 0 to 1: correct × available × (0.9 + 0.1 × fast); docs/reputation.md has the whole of it. */
  score: z.number(),
  axes: axes.optional(),
  level: level.optional(),
  successRate: z.number().nullable(),
  phases: z.array(phaseCount),
  tasks: z.object({ accepted: count, rejected: count, lost: count, completionTokens: count }),
  /** What the node says of its own speed: shown, never scored. */
  measured: z.object({ ttftMs: z.number().nullable(), tokensPerSecond: z.number().nullable() }),
  /** The speed that the oracle measured in passed tests, later ones weighing more: this is what `fast` comes from. */
  timed: z
    .object({ answers: count, ttftMs: z.number().nullable(), tokensPerSecond: z.number().nullable() })
    .optional(),
  updatedAt: timestamp,
});
export type ScoreView = z.infer<typeof scoreView>;

/** One addend of a score: `value` is `amount` × `weight`, and is added to the sum that it names. */
export const scoreTerm = z.object({
  sum: z.string(),
  /** Null for what is no count of a phase. */
  phase: phase.nullable(),
  /** What was counted or measured, decayed to `asOf`. */
  amount: z.number(),
  weight: z.number(),
  value: z.number(),
});

export const axisExplanation = z.object({
  axis: axes.keyof(),
  /** How `value` comes from `sums`. */
  formula: z.string(),
  terms: z.array(scoreTerm),
  /** Each is its terms' values added up in their order. */
  sums: z.record(z.string(), z.number()),
  value: z.number(),
});

/** Every term of a score: computed by the very steps that make the score, so they add up to it exactly. */
export const scoreExplanation = z.object({
  nodeId,
  score: z.number(),
  formula: z.string(),
  /** The time of the latest trial, to which all amounts are decayed; null before the first. */
  asOf: timestamp.nullable(),
  axes: z.array(axisExplanation),
  level: z.object({
    level,
    /** Successes in a row since the last change or failure. */
    streak: count,
    /** Of them, how many lead to the next level; null at the highest. */
    needed: count.nullable(),
    /** Changes of level so far. */
    changes: count,
  }),
});
export type ScoreExplanation = z.infer<typeof scoreExplanation>;

/** A change of a node's level, numbered from 1. */
export const levelChange = z.object({
  number: count,
  at: timestamp,
  /** The heard event that did it. */
  eventId: z.string(),
  from: level,
  to: level,
  /** `consecutive_successes`, or `failed_<phase>`. */
  reason,
});
export type LevelChange = z.infer<typeof levelChange>;

/** What a series holds at most, for each phase. */
export const seriesBounds = { timestamps: 500, days: 400 } as const;

/**
 * A phase's trials over time, for plots. Two resolutions: `all` and `succeeded` are exact times, those of the newest 500
 * trials that are still kept one by one (30 days, unless reputation is configured otherwise); `days` counts every trial
 * there ever was by UTC day, the newest 400 days that have any. All ascending.
 */
export const phaseSeries = z.object({
  phase,
  all: z.array(epochMs),
  /** Those of `all` that succeeded. */
  succeeded: z.array(epochMs),
  days: z.array(z.object({ day: z.iso.date(), total: count, succeeded: count })),
});
export type PhaseSeries = z.infer<typeof phaseSeries>;

export const reputation = {
  get: request('reputation', 'get', { input: z.strictObject({ nodeId }), output: scoreView }),
  list: request('reputation', 'list', { input: page, output: pageOf(scoreView) }),
  explain: request('reputation', 'explain', {
    input: z.strictObject({ nodeId }),
    output: scoreExplanation,
  }),
  /** The changes of a node's level, the newest first; `cursor` is the number of the last one of the page before. */
  history: request('reputation', 'history', {
    input: z.strictObject({ nodeId, cursor: smallCount.optional(), limit: page.shape.limit }),
    output: z.object({
      nodeId,
      level,
      items: z.array(levelChange),
      nextCursor: z.string().nullable(),
    }),
  }),
  /** A node's trials over time, of one phase or of all that it was tried in. */
  series: request('reputation', 'series', {
    input: z.strictObject({ nodeId, phase: phase.optional() }),
    output: z.object({ nodeId, series: z.array(phaseSeries) }),
  }),
  /** What became of a session's attempts; zeros for a session of which nothing was heard. */
  session: request('reputation', 'session', {
    input: z.strictObject({ sessionId: uuid }),
    output: z.object({
      sessionId: uuid,
      accepted: count,
      rejected: count,
      lost: count,
      completionTokens: count,
    }),
  }),
  /** What happened in this module, the newest first. */
  events: request('reputation', 'events', eventSearch),

  /** A miner's own figures for one attempt: shown, never scored. */
  measured: nodeRequest('reputation', 'measured', {
    input: z.strictObject({
      taskId,
      attempt: z.int().positive(),
      ttftMs: z.number().nonnegative().nullable(),
      tokensPerSecond: z.number().nonnegative().nullable(),
      promptTokens: count,
      completionTokens: count,
    }),
    output: z.object({ noted: z.literal(true) }),
  }),

  scoreChanged: event(
    'reputation',
    'score-changed',
    z.object({ nodeId, score: z.number(), level: level.optional(), at: timestamp }),
  ),
};
