import { Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Ago } from '../components/ago.js';
import { Facts } from '../components/facts.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { StreamsPanel } from '../components/streams-panel.js';
import { bytes, duration } from '../format.js';
import { isWell, problemsOf, type Service } from '../health.js';
import { usePolling } from '../live/live.js';
import { ganglion } from '../network.js';

/** Every part of the network: who answers, what waits, how large it is. */
export const HealthPage = () => {
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ganglion.admin.health({ signal }),
    refetchInterval: Math.min(usePolling(), 5_000),
  });
  return (
    <Page
      title="Health"
      subtitle={
        health.data && (
          <>
            as of <Ago at={health.data.at} />
          </>
        )
      }
    >
      <Loaded query={health} what="the health of the network" height={300}>
        {({ services, streams }) => (
          <Stack gap="md">
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
              {services.map((service) => (
                <ServicePanel key={service.module} service={service} />
              ))}
            </SimpleGrid>
            <StreamsPanel streams={streams} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

const ServicePanel = ({ service }: { service: Service }) => {
  const { module, replicas, outbox, databaseBytes } = service;
  const problems = problemsOf(service);
  return (
    <Panel
      title={module}
      actions={
        <Badge color={isWell(service) ? 'teal.9' : 'red.9'} variant="filled" data-testid={`health-${module}`}>
          {isWell(service) ? 'well' : 'not well'}
        </Badge>
      }
    >
      <Stack gap="sm">
        {problems.map((problem) => (
          <Text key={problem} size="sm" fw={600}>
            {problem}
          </Text>
        ))}
        {replicas.map(({ name, version, startedAt, residentBytes, checks }) => (
          <div key={name} className="attempt">
            <Group gap="xs" justify="space-between">
              <Text size="sm" className="mono">
                {name}
              </Text>
              <Text size="xs" c="dimmed">
                {bytes(residentBytes)}, {version}
              </Text>
            </Group>
            <Text size="xs" c="dimmed">
              {Object.entries(checks)
                .map(([check, isGood]) => `${check} ${isGood ? 'ok' : 'failed'}`)
                .join(', ')}
              {', started '}
              <Ago at={startedAt} />
            </Text>
          </div>
        ))}
        {(outbox || databaseBytes !== null) && (
          <Facts
            of={[
              ['Waits to be said', outbox && `${outbox.waiting} events`],
              ['The oldest for', outbox && duration(outbox.oldestMs)],
              ['Database', bytes(databaseBytes)],
            ]}
          />
        )}
      </Stack>
    </Panel>
  );
};
