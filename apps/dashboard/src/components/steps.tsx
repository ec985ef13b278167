import { Text } from '@mantine/core';
import { duration, stateName } from '../format.js';
import { fillOf } from '../states.js';

interface StepsProps {
  readonly label: string;
  readonly steps: readonly { state: string; at: string; reason: string | null }[];
}

/** States in the order they were entered, each with the time since the one before. */
export const Steps = ({ label, steps }: StepsProps) => (
  <ol className="steps" aria-label={`states of the ${label}`}>
    {steps.map(({ state, at, reason }, index) => {
      const before = steps[index - 1];
      return (
        <li key={`${state}${at}`} title={reason ?? ''}>
          <span className="dot" style={{ background: fillOf(state) }} aria-hidden />
          <Text component="span" size="xs">
            {stateName(state)}
          </Text>
          <Text component="span" size="xs" c="dimmed">
            {before
              ? `+${duration(Date.parse(at) - Date.parse(before.at))}`
              : new Date(at).toLocaleTimeString()}
          </Text>
        </li>
      );
    })}
  </ol>
);
