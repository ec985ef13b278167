import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing is there: why, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <Stack align="center" gap="xs" py="xl" px="md" ta="center" className="empty">
    <Text fw={600}>{title}</Text>
    {children && (
      <Text size="sm" c="dimmed" component="div" w="100%" maw={640}>
        {children}
      </Text>
    )}
  </Stack>
);
