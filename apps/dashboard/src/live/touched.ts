import type { EventView } from '@ganglion/contracts';

/** A prefix of the keys of queries that an event makes old. */
export type Stale = readonly string[];

const moved = ({ from, to }: EventView): boolean => from !== null || to !== null;

/** Which queries no longer tell the truth after this event. Parts that have ids of their own touch every open page of their whole. */
export const touched = (event: EventView): readonly Stale[] => {
  switch (event.entity) {
    case 'node':
      return moved(event) ? [['nodes'], ['node', event.entityId], ['overview']] : [['node', event.entityId]];
    case 'score':
      return [['scores'], ['node', event.entityId]];
    case 'model':
      return [['models']];
    case 'task':
      return [['tasks'], ['task', event.entityId], ['overview']];
    case 'attempt':
      return [['task'], ['node']];
    case 'session':
      return [['sessions'], ['session', event.entityId]];
    case 'assignment':
      return [['sessions'], ['session'], ['nodes']];
    case 'round':
      return [['rounds'], ['round', event.entityId]];
    case 'participant':
    case 'role':
      return [['rounds'], ['round']];
    case 'audit':
    case 'epoch':
      return [['epochs'], ['draws']];
    case 'key':
      return [['keys']];
    default:
      return [];
  }
};

/** How often a query is read again at most, in milliseconds: one thing soon, long lists and figures seldom. */
export const gapOf = ([kind]: Stale): number => {
  if (kind === 'overview') return 3_000;
  if (kind === 'scores' || kind === 'nodes') return 2_500;
  if (kind?.endsWith('s')) return 1_500;
  return 400;
};
