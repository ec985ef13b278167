import { Anchor, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { stateName } from '../format.js';
import { fillOf } from '../states.js';

interface StateBarProps {
  readonly counts: readonly { key: string; count: number }[];
  readonly what: string;
  /** Where the things of a state are listed. */
  readonly linkOf: (state: string) => string;
}

/** How many are in which state: a bar of shares, and the numbers. */
export const StateBar = ({ counts, what, linkOf }: StateBarProps) => (
  <>
    <div className="state-bar" aria-hidden>
      {counts.map(({ key, count }) => (
        <div key={key} style={{ flex: count, background: fillOf(key) }} title={stateName(key)} />
      ))}
    </div>
    <ul className="legend" aria-label={`${what} by state`}>
      {counts.map(({ key, count }) => (
        <li key={key}>
          <Anchor component={Link} to={linkOf(key)} c="inherit" size="sm">
            <Group gap={6} component="span" display="inline-flex">
              <span className="dot" style={{ background: fillOf(key) }} aria-hidden />
              <Text component="span" fw={650} size="sm">
                {count}
              </Text>
              {stateName(key)}
            </Group>
          </Anchor>
        </li>
      ))}
    </ul>
  </>
);
