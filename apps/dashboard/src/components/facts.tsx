import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and what they are: a list of definitions in two columns. */
export const Facts = ({ of }: { of: readonly (readonly [name: string, value: ReactNode])[] }) => (
  <dl className="facts">
    {of.map(([name, value]) => (
      <div key={name}>
        <Text component="dt" size="sm" c="dimmed">
          {name}
        </Text>
        <Text component="dd" size="sm" m={0}>
          {value ?? '–'}
        </Text>
      </div>
    ))}
  </dl>
);
