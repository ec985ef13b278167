import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Ago } from '../components/ago.js';
import { Empty } from '../components/empty.js';
import { Loaded } from '../components/loaded.js';
import { Panel } from '../components/panel.js';
import { Reason } from '../components/reason.js';
import { StateBadge } from '../components/state-badge.js';
import { shortId } from '../format.js';
import { useRounds } from '../queries.js';

const MOST = 12;

/** The latest tests that a node took part in, and their verdicts on it. */
export const NodeRounds = ({ nodeId }: { nodeId: string }) => {
  const rounds = useRounds();
  return (
    <Panel title="Tests">
      <Loaded query={rounds} what="the rounds" height={120}>
        {(all) => {
          const own = all.filter(({ participants }) => participants.includes(nodeId)).slice(0, MOST);
          if (own.length === 0)
            return <Empty title={`In none of the latest ${all.length} rounds`}>Re-test asks for one.</Empty>;
          return (
            <ul className="failures">
              {own.map(({ roundId, state, verdicts, kind, createdAt }) => {
                const verdict = verdicts.find((each) => each.nodeId === nodeId);
                return (
                  <li key={roundId}>
                    <Anchor component={Link} to={`/cognitive/rounds/${roundId}`} size="sm" className="mono">
                      {shortId(roundId)}
                    </Anchor>
                    <div>
                      {verdict ? (
                        <StateBadge state={verdict.passed ? 'PASSED' : 'FAILED'} />
                      ) : (
                        <StateBadge state={state} />
                      )}
                      {verdict && !verdict.passed && (
                        <div>
                          <Reason reason={verdict.reason} />
                        </div>
                      )}
                      {kind && (
                        <Text size="xs" c="dimmed">
                          {kind}
                        </Text>
                      )}
                    </div>
                    <Text size="xs" c="dimmed">
                      <Ago at={createdAt} />
                    </Text>
                  </li>
                );
              })}
            </ul>
          );
        }}
      </Loaded>
    </Panel>
  );
};
