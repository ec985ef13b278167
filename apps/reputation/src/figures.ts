import type { DayCount } from './day-count.js';
import type { Change, Ledger } from './ledger.js';
import type { Stat } from './stat.js';

/** Everything that is kept of a node, or that a recount gives. */
export interface NodeFigures {
  readonly sequence: bigint;
  readonly ledger: Ledger;
  readonly stats: readonly Stat[];
  readonly score: number;
  readonly tasks: Pick<Ledger, 'accepted' | 'rejected' | 'lost' | 'completionTokens'>;
  readonly days: readonly DayCount[];
  /** The changes of level after the node's snapshot. */
  readonly changes: readonly Change[];
  /** Of the snapshot; null without one. */
  readonly digest: string | null;
}

/** A figure that is stored otherwise than a recount gives it. */
export interface Difference {
  /** The node's id, or `sessions` for what concerns all of them. */
  readonly of: string;
  /** Such as `ledger.stats.correctness.weight`. */
  readonly figure: string;
  readonly stored: string;
  readonly recounted: string;
}

const ABSENT = 'nothing';

/** The figures that differ by as little as a bit, in the order of their names. */
export const differences = (of: string, stored: NodeFigures, recounted: NodeFigures): Difference[] => {
  const [left, right] = [named(stored), named(recounted)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((figure) => ({
      of,
      figure,
      stored: left.get(figure) ?? ABSENT,
      recounted: right.get(figure) ?? ABSENT,
    }))
    .filter((one) => one.stored !== one.recounted);
};

const named = ({ ledger, stats, days, changes, sequence, ...rest }: NodeFigures): Map<string, string> => {
  const byPhase = (all: readonly Stat[]): object => Object.fromEntries(all.map((stat) => [stat.phase, stat]));
  const figures = new Map<string, string>();
  collect(figures, '', {
    ...rest,
    sequence: String(sequence),
    ledger: { ...ledger, stats: byPhase(ledger.stats) },
    stats: byPhase(stats),
    days: Object.fromEntries(days.map((day) => [`${day.phase}.${day.day}`, day])),
    levels: Object.fromEntries(
      changes.map((change) => [
        change.number,
        { ...change, sequence: String(change.sequence), at: change.at.toISOString() },
      ]),
    ),
  });
  return figures;
};

/** Every leaf under its path. A number's shortest decimal form is its own alone: equal texts are equal bits. */
const collect = (into: Map<string, string>, path: string, value: unknown): void => {
  if (typeof value !== 'object' || value === null) return void into.set(path, JSON.stringify(value));
  for (const [key, inner] of Object.entries(value))
    collect(into, path === '' ? key : `${path}.${key}`, inner);
};
