import { nodeStates, type OverviewView, taskStates } from '@ganglion/contracts';
import { SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { Figure } from '../components/figure.js';
import { AddMiner } from '../components/add-miner.js';
import { NodeLink, TaskLink } from '../components/links.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBar } from '../components/state-bar.js';
import { compact, duration, percent, rate } from '../format.js';
import { useNodes, useOverview } from '../queries.js';
import { inOrder, sparklines } from '../series.js';
import { countBy } from '../node-list.js';

const ranges = [
  { value: '15', label: '15 min' },
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
  { value: '1440', label: '24 h' },
  { value: '10080', label: '7 d' },
];

/** The network in ten seconds: what it does, who serves, what failed and why. */
export const OverviewPage = () => {
  const [query, setQuery] = useSearchParams();
  const asked = query.get('minutes') ?? '60';
  const minutes = ranges.some(({ value }) => value === asked) ? asked : '60';
  const overview = useOverview(Number(minutes));
  const nodes = useNodes();
  return (
    <Page
      title="Overview"
      actions={
        <SegmentedControl
          data={ranges}
          value={minutes}
          onChange={(value) => setQuery({ minutes: value }, { replace: true })}
          aria-label="time range"
          size="xs"
        />
      }
    >
      {nodes.data?.length === 0 && <AddMiner />}
      <Loaded query={overview} what="the figures" height={300}>
        {(view) => <Figures view={view} />}
      </Loaded>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Panel title="Nodes">
          <Loaded query={nodes} what="the nodes" height={60}>
            {(list) => (
              <StateBar
                counts={inOrder(
                  nodeStates,
                  countBy(list, ({ state }) => state),
                )}
                what="nodes"
                linkOf={(state) => `/nodes?state=${state}`}
              />
            )}
          </Loaded>
        </Panel>
        <Panel title="Tasks">
          <Loaded query={overview} what="the tasks" height={60}>
            {({ tasks }) => {
              const counts = inOrder(taskStates, tasks);
              if (counts.length === 0)
                return (
                  <Text size="sm" c="dimmed">
                    No task waits or runs.
                  </Text>
                );
              return <StateBar counts={counts} what="tasks" linkOf={(state) => `/tasks?state=${state}`} />;
            }}
          </Loaded>
        </Panel>
      </SimpleGrid>
      {overview.data && <Failures failures={overview.data.failures} />}
    </Page>
  );
};

const Figures = ({ view }: { view: OverviewView }) => {
  const { tasks, tokens, ttft, queueWait, success } = sparklines(view);
  const { ended, ttftMs, queueWaitMs } = view;
  const bad = ended.failed + ended.expired;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" data-testid="figures">
      <Figure
        label="Tasks"
        value={rate(view.tasksPerSecond)}
        note={`${compact(ended.finalised)} finalised`}
        series={tasks}
      />
      <Figure label="Tokens" value={rate(view.tokensPerSecond)} series={tokens} colour="cyan" />
      <Figure
        label="Time to first token"
        value={duration(ttftMs?.p50)}
        note={ttftMs ? `p95 ${duration(ttftMs.p95)} · p99 ${duration(ttftMs.p99)}` : 'nothing measured'}
        series={ttft}
        colour="violet"
      />
      <Figure
        label="Wait in the queue"
        value={duration(queueWaitMs?.p50)}
        note={
          queueWaitMs
            ? `p95 ${duration(queueWaitMs.p95)} · p99 ${duration(queueWaitMs.p99)}`
            : 'nothing measured'
        }
        series={queueWait}
        colour="orange"
      />
      <Figure
        label="Success"
        value={percent(view.successRate)}
        note={bad === 0 ? 'nothing failed' : `${bad} failed or expired`}
        series={success}
        colour={bad === 0 ? 'teal' : 'red'}
      />
    </SimpleGrid>
  );
};

const Failures = ({ failures }: { failures: OverviewView['failures'] }) => (
  <Panel title="Last failures">
    {failures.length === 0 ? (
      <Empty title="Nothing failed in this time" />
    ) : (
      <ul className="failures">
        {failures.slice(0, 12).map(({ taskId, model, nodeId, reason, at }) => (
          <li key={taskId}>
            <TaskLink taskId={taskId} />
            <div>
              <Reason reason={reason} />
              <Text size="xs" c="dimmed">
                {model}
                {nodeId && (
                  <>
                    {' on '}
                    <NodeLink nodeId={nodeId} />
                  </>
                )}
              </Text>
            </div>
            <Text size="xs" c="dimmed">
              <Ago at={at} />
            </Text>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
