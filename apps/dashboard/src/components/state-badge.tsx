import { Group, Text, Tooltip } from '@mantine/core';
import { stateName } from '../format.js';
import { fillOf, lookOf } from '../states.js';

/** A state by name, with a dot in its colour. */
export const StateBadge = ({ state, size = 'sm' }: { state: string; size?: 'sm' | 'md' }) => (
  <Tooltip label={lookOf(state).meaning} disabled={lookOf(state).meaning === ''} openDelay={300}>
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex" data-state={state}>
      <span className="dot" style={{ background: fillOf(state) }} aria-hidden />
      <Text component="span" size={size} style={{ whiteSpace: 'nowrap' }}>
        {stateName(state)}
      </Text>
    </Group>
  </Tooltip>
);
