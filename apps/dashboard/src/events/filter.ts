import type { EventView } from '@ganglion/contracts';
import type { EventFilter } from '@ganglion/sdk';

export type Filter = Pick<EventFilter, 'module' | 'entity' | 'entityId' | 'to' | 'code'>;

/** Does an event pass the filter? By the same rules as `GET /v1/events`, for those that come over the socket. */
export const passes = (event: EventView, { module, entity, entityId, to, code }: Filter): boolean =>
  (module === undefined || event.module === module) &&
  (entity === undefined || event.entity === entity) &&
  (entityId === undefined || event.entityId === entityId) &&
  (to === undefined || event.to === to) &&
  (code === undefined || event.reason?.code === code);

/** Events are unique by their module and id. */
export const idOfEvent = ({ module, id }: EventView): string => `${module}.${id}`;

/** Those that came, before those that were read; each once. Both newest first. */
export const joined = (live: readonly EventView[], read: readonly EventView[]): readonly EventView[] => {
  const known = new Set(live.map(idOfEvent));
  return [...live, ...read.filter((event) => !known.has(idOfEvent(event)))];
};

/** The page about what an event is about; null where there is none. */
export const pathOf = ({ entity, entityId }: EventView): string | null => {
  switch (entity) {
    case 'node':
    case 'score':
      return `/nodes/${entityId}`;
    case 'task':
      return `/tasks/${entityId}`;
    case 'session':
      return `/sessions/${entityId}`;
    case 'round':
      return `/cognitive/rounds/${entityId}`;
    default:
      return null;
  }
};
