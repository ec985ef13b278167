import type { AdminEvents, EventView, NodeView } from '@ganglion/contracts';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { ganglion } from '../network.js';
import { EventLog } from './event-log.js';
import { withStates } from './patch.js';
import { Refresher } from './refresher.js';
import { touched } from './touched.js';

/** Pages are drawn again at most so often, however much happens. */
const TURN_MS = 300;

interface Live {
  readonly isLive: boolean;
  /** Why it is not. */
  readonly reason: string;
  readonly log: EventLog;
}

const LiveContext = createContext<Live>({ isLive: false, reason: '', log: new EventLog() });

/** Keeps one socket open while somebody is signed in; its events make queries old, which are then read again. */
export const LiveProvider = ({ children }: { children: ReactNode }) => {
  const queries = useQueryClient();
  const [state, setState] = useState({ isLive: false, reason: 'connecting' });
  const [log] = useState(() => new EventLog());

  useEffect(() => {
    const refresher = new Refresher();
    let waiting: EventView[] = [];
    let hasBeenAway = false;
    const onEvents = ({ events, skipped }: AdminEvents): void => {
      waiting.push(...events);
      // What was skipped may have touched anything.
      if (skipped > 0) for (const list of ['nodes', 'tasks', 'sessions', 'rounds']) refresher.touch([list]);
    };
    const turn = (): void => {
      const batch = waiting;
      waiting = [];
      log.add(batch);
      for (const event of batch) for (const stale of touched(event)) refresher.touch(stale);
      if (batch.length > 0)
        queries.setQueryData<readonly NodeView[]>(
          ['nodes'],
          (nodes) => nodes && withStates(nodes, batch, { entity: 'node', idOf: ({ nodeId }) => nodeId }),
        );
      for (const queryKey of refresher.take(Date.now()))
        void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
    };
    const socket = ganglion.admin.socket({
      onEvents,
      onState: (now, reason) => {
        setState({ isLive: now === 'live', reason });
        if (now === 'away') hasBeenAway = true;
        else if (hasBeenAway) void queries.invalidateQueries();
      },
    });
    const timer = setInterval(turn, TURN_MS);
    return () => {
      clearInterval(timer);
      socket.close();
    };
  }, [queries, log]);

  const live = useMemo(() => ({ ...state, log }), [state, log]);
  return <LiveContext value={live}>{children}</LiveContext>;
};

export const useLive = (): Live => useContext(LiveContext);

/** Events since the page was loaded, newest first. */
export const useEventLog = (): readonly EventView[] => {
  const { log } = useLive();
  return useSyncExternalStore(log.subscribe, log.read);
};

const POLL_MS = 5_000;
const SELDOM_MS = 30_000;

/** How often to read something again: the socket tells when it is old; without it, by the clock. */
export const usePolling = (ms = POLL_MS): number => (useLive().isLive ? SELDOM_MS : ms);
