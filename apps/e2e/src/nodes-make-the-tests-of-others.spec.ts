import type { RoundView, ScoreView } from '@ganglion/contracts';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, newKey } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

describe('a node that is tested again', () => {
  it('answers what two other nodes have made, who count it as their work', async () => {
    const network = await NetworkAddress.shared();
    const client = clientOf(network, (await newKey(network, 'of tests by nodes')).apiKey);
    await untilServing(network, 3);
    // Known for long, as nobody becomes within a spec.
    await rowsOf(network, `UPDATE node_pool."Node" SET level = 6, "scoredAt" = '2100-01-01'`, []);
    const session = await openReady(client);
    const [nodeId] = session.nodes;
    await session[Symbol.asyncDispose]();
    const round = await eventually(
      async () => {
        const { items } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=20');
        const found = items.find(
          ({ participants, roles, state }) =>
            participants.includes(nodeId!) && (roles ?? []).length > 0 && state === 'ENDED',
        );
        if (!found) throw new Error(`no round of nodes: ${JSON.stringify(items.slice(0, 3))}`);
        return found;
      },
      { everyMs: 200, timeoutMs: 60_000 },
    );
    expect(round.roles).toMatchObject([
      { role: 'creator', nodeId: round.creator, outcome: 'passed' },
      { role: 'preparer', nodeId: round.preparer, outcome: 'passed' },
    ]);
    expect(new Set([nodeId, round.creator, round.preparer]).size).toBe(3);
    expect(round.verdicts).toMatchObject([{ nodeId, passed: true, reason: { code: 'passed' } }]);
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
