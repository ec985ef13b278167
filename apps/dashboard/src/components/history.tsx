import { Text } from '@mantine/core';
import { Panel } from './panel.js';
import { StateBadge } from './state-badge.js';
import { duration } from '../format.js';
import { useNow } from '../time.js';

interface HistoryProps {
  readonly history: readonly { state: string; at: string; reason: string | null }[];
}

const MOST = 40;

/** The states something was in, the newest first: since when, for how long, and why. */
export const History = ({ history }: HistoryProps) => {
  const now = useNow();
  const rows = history
    .map((entry, index) => ({ ...entry, until: history[index + 1]?.at ?? null }))
    .toReversed()
    .slice(0, MOST);
  return (
    <Panel title="States">
      <ul className="failures">
        {rows.map(({ state, at, reason, until }) => (
          <li key={`${state}${at}`}>
            <StateBadge state={state} />
            <Text size="sm" className="said">
              {reason}
            </Text>
            <Text size="xs" c="dimmed" ta="right">
              {new Date(at).toLocaleString()}
              <br />
              for {duration((until === null ? now : Date.parse(until)) - Date.parse(at))}
            </Text>
          </li>
        ))}
      </ul>
    </Panel>
  );
};
