import type { Receipt } from '@ganglion/commitment';
import type { TaskView } from '@ganglion/contracts';
import { Group, Stack, Text } from '@mantine/core';
import { Empty } from '../components/empty.js';
import { NodeLink } from '../components/links.js';
import { Panel } from '../components/panel.js';
import { segmentsOf } from './segments.js';

/** As many as are told apart; the next attempt takes the first again. */
const colours = ['indigo', 'orange', 'teal', 'grape', 'cyan', 'pink'];
const tint = (attempt: number): string =>
  `color-mix(in srgb, var(--mantine-color-${colours[(attempt - 1) % colours.length]}-5) 28%, transparent)`;

const proofs = { commit: 'committed', stream: 'signed stream', vouched: 'vouched by the network' } as const;

/** The text, each piece in the colour of the attempt that made it. */
export const AnswerPanel = ({ task, receipt }: { task: TaskView; receipt: Receipt | undefined }) => {
  const { result } = task;
  if (!result)
    return (
      <Panel title="Answer">
        <Empty title={task.endedAt === null ? 'Not answered yet' : 'There is no answer'}>
          {task.endedAt === null ? 'The text is shown when it is validated.' : task.reason?.message}
        </Empty>
      </Panel>
    );
  return (
    <Panel title={`Answer, ${result.verdict}`}>
      <Stack gap="sm">
        {result.choices.map(({ choice, text, tokens, finish }) => {
          const signed = receipt?.choices.find(({ index }) => index === choice);
          const segments = signed ? segmentsOf(signed) : null;
          return (
            <div key={choice}>
              <Text className="said" data-testid="text">
                {segments
                  ? segments.map(({ attempt, from, text: part }) => (
                      <span key={from} style={{ background: tint(attempt) }} title={`attempt ${attempt}`}>
                        {part}
                      </span>
                    ))
                  : text}
              </Text>
              <Group gap="md" mt={6}>
                <Text size="xs" c="dimmed">
                  {tokens.length} tokens, {finish}
                </Text>
                {segments?.map(({ attempt, nodeId, from, to, proof }) => (
                  <Text key={from} size="xs" component="span">
                    <span className="dot square" style={{ background: tint(attempt) }} aria-hidden /> {from}–
                    {to} attempt {attempt} on <NodeLink nodeId={nodeId} />, {proofs[proof]}
                  </Text>
                ))}
              </Group>
            </div>
          );
        })}
      </Stack>
    </Panel>
  );
};
