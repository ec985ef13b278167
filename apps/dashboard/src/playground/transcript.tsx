import { Badge, Box, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { memo } from 'react';
import { Problem } from '../components/problem.js';
import { compact, duration } from '../format.js';
import type { Turn } from './conversation.js';

interface TranscriptProps {
  readonly turns: readonly Turn[];
  /** The task that the side panel follows. */
  readonly followed: string | null;
  readonly onFollow: (taskId: string) => void;
}

export const Transcript = ({ turns, followed, onFollow }: TranscriptProps) => (
  <Stack gap="md" role="log" aria-label="conversation" aria-live="polite">
    {turns.map((turn) => (
      <TurnView
        key={turn.id}
        turn={turn}
        isFollowed={turn.taskId !== null && turn.taskId === followed}
        onFollow={onFollow}
      />
    ))}
  </Stack>
);

interface TurnProps {
  readonly turn: Turn;
  readonly isFollowed: boolean;
  readonly onFollow: (taskId: string) => void;
}

const TurnView = memo(({ turn, isFollowed, onFollow }: TurnProps) => (
  <Stack gap="xs">
    <Paper p="sm" radius="lg" className="question">
      <Text className="said">{turn.question}</Text>
    </Paper>
    <Box>
      <Text className="said" data-testid="answer" data-state={turn.state}>
        {turn.answer}
        {turn.state === 'running' && <span className="caret" aria-label="more is coming" />}
      </Text>
      {turn.state === 'failed' && <Problem what="No whole answer" error={turn.error} />}
      <PaceLine turn={turn} isFollowed={isFollowed} onFollow={onFollow} />
    </Box>
  </Stack>
));
TurnView.displayName = 'TurnView';

const PaceLine = ({ turn, isFollowed, onFollow }: TurnProps) => {
  const { pace, taskId, state, verdict } = turn;
  return (
    <Group gap="sm" mt={4} data-testid="pace">
      {pace.ttftMs !== null && (
        <Text size="xs" c="dimmed">
          first token {duration(pace.ttftMs)}
        </Text>
      )}
      {pace.tokensPerSecond !== null && (
        <Text size="xs" c="dimmed">
          {compact(pace.tokensPerSecond, 1)} tokens/s
        </Text>
      )}
      {pace.tokens > 0 && (
        <Text size="xs" c="dimmed">
          {pace.tokens} tokens
        </Text>
      )}
      {state === 'stopped' && (
        <Text size="xs" c="dimmed">
          stopped
        </Text>
      )}
      {verdict === 'undecided' && (
        <Badge color="orange" variant="outline" size="sm">
          undecided
        </Badge>
      )}
      {taskId !== null && !isFollowed && (
        <Button size="compact-xs" variant="default" onClick={() => onFollow(taskId)}>
          What the network did
        </Button>
      )}
    </Group>
  );
};
