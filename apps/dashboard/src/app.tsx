import { createBrowserRouter, type RouteObject } from 'react-router';
import { NotFoundPage } from './pages/not-found-page.js';
import { LoginPage } from './pages/login-page.js';
import { PageCrash } from './components/page-crash.js';
import { Shell } from './components/shell.js';

/** Pages are loaded when they are first opened; each has a stable URL. */
const pages: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('./pages/overview-page.js')).OverviewPage }) },
  { path: 'nodes', lazy: async () => ({ Component: (await import('./pages/nodes-page.js')).NodesPage }) },
  {
    path: 'nodes/:nodeId',
    lazy: async () => ({ Component: (await import('./pages/node-page.js')).NodePage }),
  },
  { path: 'tasks', lazy: async () => ({ Component: (await import('./pages/tasks-page.js')).TasksPage }) },
  {
    path: 'tasks/:taskId',
    lazy: async () => ({ Component: (await import('./pages/task-page.js')).TaskPage }),
  },
  {
    path: 'playground',
    lazy: async () => ({ Component: (await import('./pages/playground-page.js')).PlaygroundPage }),
  },
  {
    path: 'sessions',
    lazy: async () => ({ Component: (await import('./pages/sessions-page.js')).SessionsPage }),
  },
  {
    path: 'sessions/:sessionId',
    lazy: async () => ({ Component: (await import('./pages/session-page.js')).SessionPage }),
  },
  {
    path: 'cognitive',
    lazy: async () => ({ Component: (await import('./pages/cognitive-page.js')).CognitivePage }),
  },
  {
    path: 'cognitive/rounds/:roundId',
    lazy: async () => ({ Component: (await import('./pages/round-page.js')).RoundPage }),
  },
  { path: 'keys', lazy: async () => ({ Component: (await import('./pages/keys-page.js')).KeysPage }) },
  { path: 'events', lazy: async () => ({ Component: (await import('./pages/events-page.js')).EventsPage }) },
  { path: 'health', lazy: async () => ({ Component: (await import('./pages/health-page.js')).HealthPage }) },
  { path: '*', Component: NotFoundPage },
];

export const router = createBrowserRouter([
  { path: '/login', Component: LoginPage, ErrorBoundary: PageCrash },
  {
    path: '/',
    Component: Shell,
    ErrorBoundary: PageCrash,
    HydrateFallback: () => null,
    children: pages.map((page) => ({ ...page, ErrorBoundary: PageCrash })) as RouteObject[],
  },
]);
