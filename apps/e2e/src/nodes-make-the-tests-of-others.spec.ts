import type { RoundView, ScoreView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, newKey } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';
import { advance, nowOf } from './quiet-clock.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

/** The round that a node which leaves a session is tested in, ended. */
const testAfterSession = async (network: NetworkAddress, client: Ganglion): Promise<RoundView> => {
  // Whoever made a test before rests for a minute.
  await advance(network, 61_000);
  await untilServing(network, 3);
  const session = await openReady(client);
  const left = await nowOf(network);
  await session[Symbol.asyncDispose]();
  return eventually(
    async () => {
      const { items } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=20');
      const found = items.find(
        ({ participants, state, createdAt }) =>
          participants.some((nodeId) => session.nodes.includes(nodeId)) &&
          Date.parse(createdAt) >= left &&
          state === 'ENDED',
      );
      if (!found) throw new Error(`no round of ${session.nodes[0]}: ${JSON.stringify(items.slice(0, 3))}`);
      return found;
    },
    { everyMs: 200 },
  );
};

describe('a node that is tested again', () => {
  it('answers what two other nodes have made, who count it as their work', async () => {
    const network = await NetworkAddress.shared();
    const client = clientOf(network, (await newKey(network, 'of tests by nodes')).apiKey);
    await untilServing(network, 3);
    // Known for long, as nobody becomes within a spec.
    await rowsOf(network, `UPDATE node_pool."Node" SET level = 6, "scoredAt" = '2100-01-01'`, []);
    // With two nodes that happen to be busy the oracle makes the test: then once more.
    let round = await testAfterSession(network, client);
    for (let tries = 1; tries < 5 && round.roles?.length === 0; tries++)
      round = await testAfterSession(network, client);
    expect(round.roles).toMatchObject([
      { role: 'creator', nodeId: round.creator, outcome: 'passed' },
      { role: 'preparer', nodeId: round.preparer, outcome: 'passed' },
    ]);
    const all = [...round.participants, round.creator, round.preparer];
    expect(new Set(all).size).toBe(all.length);
    for (const verdict of round.verdicts)
      expect(verdict).toMatchObject({ passed: true, reason: { code: 'passed' } });
    expect(round.verdicts).toHaveLength(round.participants.length);
    await eventually(async () => {
      for (const [phase, maker] of [
        ['create', round.creator],
        ['prepare', round.preparer],
      ]) {
        const { phases } = await network.ask<ScoreView>(`/v1/reputation/${maker}`);
        expect(phases.find((one) => one.phase === phase)?.succeeded).toBeGreaterThan(0);
      }
    });
  });
});
