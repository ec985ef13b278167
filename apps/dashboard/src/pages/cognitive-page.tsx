import type { RoundView } from '@ganglion/contracts';
import { SimpleGrid } from '@mantine/core';
import { EpochsPanel } from '../cognitive/epochs-panel.js';
import { RoundsPanel } from '../cognitive/rounds-panel.js';
import { Figure } from '../components/figure.js';
import { Loaded } from '../components/loaded.js';
import { Page } from '../components/page.js';
import { percent } from '../format.js';
import { useRounds } from '../queries.js';

/** Who was tested, how, and with what verdict; and which answers were audited. */
export const CognitivePage = () => {
  const rounds = useRounds();
  return (
    <Page title="Cognitive" subtitle="Tests of nodes and audits of answers">
      <Loaded query={rounds} what="the rounds" height={300}>
        {(list) => (
          <>
            <Summary rounds={list} />
            <RoundsPanel rounds={list} />
          </>
        )}
      </Loaded>
      <EpochsPanel />
    </Page>
  );
};

const Summary = ({ rounds }: { rounds: readonly RoundView[] }) => {
  const verdicts = rounds.flatMap((round) => round.verdicts);
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const [latest] = rounds;
  const oracle = rounds.find(({ creator }) => creator.startsWith('oracle'))?.creator;
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      <Figure
        label="Under way"
        value={String(rounds.filter(({ endedAt }) => endedAt === null).length)}
        note={`of the latest ${rounds.length}`}
      />
      <Figure label="Verdicts" value={String(verdicts.length)} note={`${verdicts.length - passed} failed`} />
      <Figure label="Passed" value={percent(verdicts.length === 0 ? null : passed / verdicts.length)} />
      <Figure
        label="Leading oracle"
        value={latest ? `term ${latest.epoch}` : '–'}
        note={oracle ?? 'nodes make their tests'}
      />
    </SimpleGrid>
  );
};
