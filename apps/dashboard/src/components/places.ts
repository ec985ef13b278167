import type { icons } from './icons.js';

export interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: keyof typeof icons;
}

export const places: readonly Place[] = [
  { to: '/', label: 'Overview', icon: 'overview' },
  { to: '/nodes', label: 'Nodes', icon: 'nodes' },
  { to: '/tasks', label: 'Tasks', icon: 'tasks' },
  { to: '/sessions', label: 'Sessions', icon: 'sessions' },
  { to: '/playground', label: 'Playground', icon: 'playground' },
  { to: '/cognitive', label: 'Cognitive', icon: 'cognitive' },
  { to: '/keys', label: 'Keys & usage', icon: 'keys' },
  { to: '/events', label: 'Events', icon: 'events' },
  { to: '/health', label: 'Health', icon: 'health' },
];
