import { Group, Text, Tooltip } from '@mantine/core';
import { useLive } from '../live/live.js';

/** Does the page move by itself? Without the socket it reads everything again every few seconds. */
export const LiveIndicator = () => {
  const { isLive, reason } = useLive();
  const label = isLive
    ? 'Everything is shown as it happens.'
    : `No live connection${reason ? ` (${reason})` : ''}: read again every 5 seconds.`;
  return (
    <Tooltip label={label} multiline maw={320}>
      <Group
        gap={6}
        wrap="nowrap"
        role="status"
        aria-label={isLive ? 'live' : 'disconnected'}
        data-testid="live"
        data-live={isLive}
      >
        <span
          className="dot"
          style={{ background: `var(--mantine-color-${isLive ? 'teal' : 'orange'}-6)` }}
          aria-hidden
        />
        <Text size="sm">{isLive ? 'live' : 'disconnected'}</Text>
      </Group>
    </Tooltip>
  );
};
