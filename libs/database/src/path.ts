import type { Lifecycle } from './lifecycle.js';

/** A way through a lifecycle. */
export interface Way<S extends string> {
  from: S;
  through: readonly S[];
  to: S;
}

/**
 * The states entered on a way, the last being `to`. When `from` is itself one of the states passed, only those after it
 * are entered.
 * @throws Error naming the step that the lifecycle's table does not have.
 */
export function pathFrom<S extends string>(table: Lifecycle<S>, { from, through, to }: Way<S>): readonly S[] {
  const path = [...through.slice(through.indexOf(from) + 1), to];
  let last = from;
  for (const next of path) {
    if (!table.can(last, next)) {
      throw new Error(`${table.name}: the lifecycle has no move ${last} → ${next} (from ${from} to ${to})`);
    }
    last = next;
  }
  return path;
}
