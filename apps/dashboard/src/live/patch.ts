import type { EventView } from '@ganglion/contracts';

interface Stateful {
  readonly state: string;
}

/**
 * Rows with the states that the events tell. The same array if nothing changed, so that nothing is drawn again.
 * @param events oldest first
 */
export const withStates = <Row extends Stateful>(
  rows: readonly Row[],
  events: readonly EventView[],
  { entity, idOf }: { entity: string; idOf: (row: Row) => string },
): readonly Row[] => {
  const states = new Map<string, EventView>();
  for (const event of events)
    if (event.entity === entity && event.to !== null) states.set(event.entityId, event);
  if (states.size === 0) return rows;
  let hasChanged = false;
  const next = rows.map((row) => {
    const event = states.get(idOf(row));
    if (!event || event.to === row.state) return row;
    hasChanged = true;
    return { ...row, state: event.to, reason: event.reason } as unknown as Row;
  });
  return hasChanged ? next : rows;
};
