import type { Event, PayloadOf, Reason } from '@ganglion/contracts';
import { type EventRow, type EventWriter, insertEvents, type Said, saying } from './event-row.js';
import type { Lifecycle } from './lifecycle.js';
import { pathFrom } from './path.js';

/** The delegate of a model with the columns `id`, `state` and `version`, such as `tx.node`. */
export interface Movable {
  [K: symbol]: {
    types: {
      payload: { scalars: { id: string; state: string; version: number } };
      operations: { updateMany: { args: { data: unknown } } };
    };
  };
  // Every generated delegate has argument types of its own; those that matter are taken from it below.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  updateManyAndReturn(args: any): PromiseLike<any[]>;
  findUnique(args: any): PromiseLike<any>;
  /* eslint-enable @typescript-eslint/no-explicit-any */
}

export type RowOf<D extends Movable> = D[symbol]['types']['payload']['scalars'];
type DataOf<D extends Movable> = Omit<D[symbol]['types']['operations']['updateMany']['args']['data'], Moved>;
type Moved = 'id' | 'state' | 'version';

/** A move of one row. */
export interface Move<S extends string, D extends Movable, E extends Event> {
  delegate: D;
  id: string;
  /** The row is moved only from here. One state is the fast way: two statements. */
  from: S | readonly S[];
  to: S;
  /** Where the row was when it was last read: tried first, without reading it again. */
  likely?: string;
  /**
   * States that the row passes on its way, in order: history shows each, although the messages that would have moved it
   * there were late or lost. A row that is already in one of them passes only those that follow it.
   */
  through?: readonly S[];
  reason?: Reason | null;
  at: Date;
  /** Further columns to write. */
  data?: DataOf<D>;
  /** What the other modules are told; the payload may depend on the moved row and its new version. */
  says?: { event: E; payload: PayloadOf<E> | ((row: RowOf<D>, version: number) => PayloadOf<E>) };
}

/** How often a row is read again that others keep moving; each time somebody else has made progress. */
const TRIES = 8;

/**
 * Moves a row: a compare-and-set on its state plus, in the same transaction, an event row for every state entered.
 * `version` grows by one for each.
 * @returns the moved row, or null when it was not (or no longer) in a state of `from`: nothing is written then.
 * @throws Error when the table of the lifecycle does not have the move: a bug of the caller.
 */
export async function move<S extends string, D extends Movable, E extends Event>(
  tx: EventWriter,
  table: Lifecycle<S>,
  wanted: Move<S, D, E>,
): Promise<RowOf<D> | null> {
  const { delegate, id, from } = wanted;
  const paths = new Map(
    (typeof from === 'string' ? [from] : from).map((state) => [
      state as string,
      pathFrom(table, { from: state, through: wanted.through ?? [], to: wanted.to }),
    ]),
  );
  const [[only] = []] = paths;
  if (paths.size === 1 && only !== undefined)
    return attempt(tx, table, { wanted, path: paths.get(only)!, from: only });
  const { likely = '' } = wanted;
  const guess = paths.get(likely);
  const row = guess && (await attempt(tx, table, { wanted, path: guess, from: likely }));
  if (row) return row;
  for (let tries = 0; tries < TRIES; tries++) {
    const current = await delegate.findUnique({ where: { id }, select: { state: true } });
    const path = paths.get(current?.state);
    if (!path) return null;
    const row = await attempt(tx, table, { wanted, path, from: current.state });
    if (row) return row;
  }
  throw new Error(
    `${table.name} ${id} was moved by others ${TRIES} times while it was to enter ${wanted.to}`,
  );
}

interface Step<S extends string, D extends Movable, E extends Event> {
  wanted: Move<S, D, E>;
  from: string;
  path: readonly S[];
}

async function attempt<S extends string, D extends Movable, E extends Event>(
  tx: EventWriter,
  table: Lifecycle<S>,
  { wanted, from, path }: Step<S, D, E>,
): Promise<RowOf<D> | null> {
  const { delegate, id, to, reason, at, data, says } = wanted;
  const rows: RowOf<D>[] = await delegate.updateManyAndReturn({
    where: { id, state: from },
    data: { ...data, state: to, version: { increment: path.length } },
  });
  const row = rows[0];
  if (!row) return null;
  const events = path.map((state, index): EventRow => ({
    entity: table.name,
    entityId: id,
    version: row.version - path.length + index + 1,
    from: index === 0 ? from : path[index - 1]!,
    to: state,
    at,
  }));
  const last = events.at(-1)!;
  if (reason) last.reason = reason;
  if (says) Object.assign(last, saying(said(says, row)));
  await insertEvents(tx, events);
  return row;
}

function said<D extends Movable, E extends Event>(
  { event, payload }: NonNullable<Move<string, D, E>['says']>,
  row: RowOf<D>,
): Said<E> {
  return { event, payload: isMaker<D, E>(payload) ? payload(row, row.version) : payload };
}

function isMaker<D extends Movable, E extends Event>(
  payload: unknown,
): payload is (row: RowOf<D>, version: number) => PayloadOf<E> {
  return typeof payload === 'function';
}

/** A row that was just inserted in its lifecycle's initial state. */
export interface Birth<E extends Event> {
  id: string;
  at: Date;
  /** The row's version; a new row's is 0. */
  version?: number;
  reason?: Reason | null;
  says?: Said<E>;
}

/** Writes the first row of a history, in the transaction that inserts the thing. */
export async function born<S extends string, E extends Event>(
  tx: EventWriter,
  table: Lifecycle<S>,
  { id, at, version = 0, reason, says }: Birth<E>,
): Promise<void> {
  const row: EventRow = { entity: table.name, entityId: id, version, to: table.initial, at };
  if (reason) row.reason = reason;
  if (says) Object.assign(row, saying(says));
  await insertEvents(tx, [row]);
}
