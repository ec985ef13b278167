import type { TaskView } from '@ganglion/contracts';
import { Group, SimpleGrid, Text } from '@mantine/core';
import { NodeLink } from '../components/links.js';
import { StateBadge } from '../components/state-badge.js';
import { agreement } from './agreement.js';

/** What each miner answered, side by side; where an answer leaves the first one it is marked. */
export const Replicas = ({ attempts }: { attempts: TaskView['attempts'] }) => {
  const answers = attempts.flatMap(({ answer, attempt, nodeId, state, determinismClass }) =>
    answer === null ? [] : [{ attempt, nodeId, state, determinismClass, text: answer[0]?.text ?? '' }],
  );
  const first = answers[0];
  if (!first || answers.length < 2) return null;
  return (
    <SimpleGrid
      cols={{ base: 1, sm: Math.min(answers.length, 3) }}
      spacing="sm"
      data-testid="replicas"
      role="group"
      aria-label="answers of the miners"
    >
      {answers.map(({ attempt, nodeId, state, determinismClass, text }) => {
        const { same, different } = agreement(first.text, text);
        return (
          <div key={attempt} className="replica">
            <Group gap="xs" mb={4}>
              <NodeLink nodeId={nodeId} />
              <StateBadge state={state} />
            </Group>
            <Text size="xs" c="dimmed" truncate title={determinismClass ?? ''}>
              {determinismClass}
            </Text>
            <Text size="sm" className="said">
              {same}
              {different !== '' && <mark>{different}</mark>}
            </Text>
          </div>
        );
      })}
    </SimpleGrid>
  );
};
