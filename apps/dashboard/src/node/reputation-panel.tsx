import type { ScoreExplanation } from '@ganglion/contracts';
import { Code, Group, Progress, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Ago } from '../components/ago.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { ganglion } from '../network.js';

/** A node's score, each term of it, and how its level went. */
export const ReputationPanel = ({ nodeId }: { nodeId: string }) => {
  const explanation = useQuery({
    queryKey: ['node', nodeId, 'explanation'],
    queryFn: ({ signal }) => ganglion.reputation.explain(nodeId, { signal }),
  });
  return (
    <Panel title="Reputation">
      <Loaded query={explanation} what="its reputation" height={200}>
        {(data) => <Explanation explanation={data} />}
      </Loaded>
    </Panel>
  );
};

const Explanation = ({ explanation }: { explanation: ScoreExplanation }) => {
  const { score, formula, axes, level, asOf } = explanation;
  const streak =
    level.needed === null ? 'the highest' : `${level.streak} of ${level.needed} successes to the next`;
  return (
    <Stack gap="sm">
      <Group gap="lg" align="baseline">
        <div className="figure">{score.toFixed(3)}</div>
        <Text size="sm">
          level <strong>{level.level}</strong> ({streak})
        </Text>
        <Text size="sm" c="dimmed">
          {asOf === null ? (
            'not tried yet'
          ) : (
            <>
              as of <Ago at={asOf} />
            </>
          )}
        </Text>
      </Group>
      <Code block>{formula}</Code>
      {axes.map(({ axis, value, formula: how, terms, sums }) => (
        <details key={axis}>
          <summary>
            <Text component="span" size="sm" fw={600}>
              {axis} {value.toFixed(3)}
            </Text>
            <Progress value={value * 100} size="sm" mt={4} aria-label={`${axis} ${value.toFixed(3)}`} />
          </summary>
          <Code block my="xs">
            {how}
          </Code>
          <Terms terms={terms} />
          <Text size="xs" c="dimmed">
            {Object.entries(sums)
              .map(([name, sum]) => `${name} = ${sum.toPrecision(6)}`)
              .join(' · ')}
          </Text>
        </details>
      ))}
    </Stack>
  );
};

const Terms = ({ terms }: { terms: ScoreExplanation['axes'][number]['terms'] }) => (
  <ScrollArea viewportProps={{ tabIndex: 0 }}>
    <Table fz="xs" miw={460}>
      <Table.Thead>
        <Table.Tr>
          {['sum', 'phase', 'amount', 'weight', 'value'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {terms.map(({ sum, phase, amount, weight, value }, index) => (
          <Table.Tr key={index}>
            <Table.Td>{sum}</Table.Td>
            <Table.Td>{phase ?? ''}</Table.Td>
            <Table.Td>{amount.toPrecision(5)}</Table.Td>
            <Table.Td>{weight.toPrecision(4)}</Table.Td>
            <Table.Td>{value.toPrecision(6)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </ScrollArea>
);
