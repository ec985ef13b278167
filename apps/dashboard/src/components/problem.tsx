import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { GanglionError } from '@ganglion/sdk';

/** What to do about a failure, where that is known. */
const remedyOf = (error: unknown): string | null => {
  if (!(error instanceof GanglionError))
    return 'Reload the page; if it stays, report it with the text above.';
  if (error.status === 404 || error.code === 'unexpected_answer')
    return 'Either it is gone, or the router is older than this page: update it, or reload the page.';
  if (error.status === 403) return 'The key you signed in with may not do this: sign in with an admin key.';
  if (error.status === 429) return `Wait ${error.retryAfterSeconds ?? 'a few'} seconds and try again.`;
  if (error.status === 0) return 'Check that the network runs; this page tries again by itself.';
  if (error.status >= 500) return 'A part of the network does not answer: Health shows which.';
  return null;
};

interface ProblemProps {
  readonly what: string;
  readonly error: unknown;
  readonly onRetry?: (() => unknown) | undefined;
}

/** Says what could not be done, why, and what helps. */
export const Problem = ({ what, error, onRetry }: ProblemProps) => {
  const facts = error instanceof GanglionError ? error : null;
  const remedy = remedyOf(error);
  return (
    <Alert color="red" title={what} role="alert" variant="outline">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        {remedy && (
          <Text size="sm" c="dimmed">
            {remedy}
          </Text>
        )}
        <Group gap="xs">
          {facts?.code && (
            <Code>
              {facts.status > 0 ? `${facts.status} ` : ''}
              {facts.code}
            </Code>
          )}
          {facts?.requestId && <Code>request {facts.requestId}</Code>}
        </Group>
        {onRetry && (
          <Button size="xs" variant="default" onClick={() => onRetry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
};
