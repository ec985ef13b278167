import type { RoundView } from '@ganglion/contracts';
import { Anchor, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Empty } from '../components/empty.js';
import { Lanes } from '../components/lanes.js';
import { Panel } from '../components/panel.js';
import { age, shortId } from '../format.js';
import { courseOf, rangeOf, startingAtZero } from '../lanes.js';
import { useNow } from '../time.js';

const MOST = 40;

/** The latest rounds, a lane each, all drawn from their own beginning: a slow phase is the longest bar. */
export const RoundsPanel = ({ rounds }: { rounds: readonly RoundView[] }) => {
  const clock = useNow();
  const shown = rounds.slice(0, MOST);
  const lanes = shown.map((round) => ({
    id: round.roundId,
    name: `round ${shortId(round.roundId)}`,
    label: <RoundLabel round={round} now={clock} />,
    course: startingAtZero(
      courseOf(round.history, round.endedAt !== null, round.endedAt === null ? clock : 0),
    ),
  }));
  return (
    <Panel title="Rounds">
      {shown.length === 0 ? (
        <Empty title="No round yet">Nodes are tested when they join, and from time to time after that.</Empty>
      ) : (
        <Lanes lanes={lanes} range={rangeOf(lanes.map(({ course }) => course))} label="phases of rounds" />
      )}
    </Panel>
  );
};

const RoundLabel = ({ round, now }: { round: RoundView; now: number }) => {
  const passed = round.verdicts.filter((verdict) => verdict.passed).length;
  return (
    <div>
      <Group gap={6} wrap="nowrap">
        <Anchor component={Link} to={`/cognitive/rounds/${round.roundId}`} size="sm" className="mono">
          {shortId(round.roundId)}
        </Anchor>
        <Text size="xs" c="dimmed" truncate>
          {age(round.createdAt, now)} ago
        </Text>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {passed} of {round.participants.length} passed{round.kind ? `, ${round.kind}` : ''}
      </Text>
    </div>
  );
};
