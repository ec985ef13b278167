import type { RoundView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { newMiner, untilNewNode } from './a-miner.fixture.js';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { nodesOf, untilServing } from './nodes.fixture.js';
import { openReady } from './sessions.fixture.js';

/** Asks once, and says which node answered. */
const ask = async (client: Ganglion, sessionId?: string): Promise<{ text: string; nodeId: string }> => {
  const { text, taskId } = await client.chat(question(JAPAN, sessionId ? { ganglion: { sessionId } } : {}));
  const { attempts } = await client.tasks.get(taskId);
  return { text, nodeId: attempts.find(({ state }) => state === 'ACCEPTED')!.nodeId };
};

describe('two fresh keys and the health tests', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    await untilServing(network, 3);
  });

  it('work side by side on three miners, while a fourth joins and is tested', async () => {
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => clientOf(network, (await newKey(network, name)).apiKey)),
    );
    const everyone = clientOf(network);
    // The shared session exists from its first task on, and keeps one node whatever the others ask for.
    await ask(everyone);
    await using ofFirst = await openReady(first!);
    await using ofSecond = await openReady(second!);
    expect(ofFirst.nodes).toHaveLength(1);
    expect(ofSecond.nodes).toHaveLength(1);
    expect(ofFirst.nodes).not.toEqual(ofSecond.nodes);

    const known = await nodesOf(network);
    await using newcomer = await newMiner(network);
    newcomer.start();
    let isTested = false;
    const tested = untilNewNode(network, known)
      .then(({ nodeId }) => untilServing(network, 4).then(() => nodeId))
      .finally(() => (isTested = true));
    let rounds = 0;
    do {
      const [one, two, three] = await Promise.all([
        ask(first!, ofFirst.sessionId),
        ask(second!, ofSecond.sessionId),
        ask(everyone),
      ]);
      rounds += 1;
      expect([one.text, two.text, three.text]).toEqual(Array(3).fill(expect.stringContaining('Tokyo')));
      expect([one.nodeId, two.nodeId]).toEqual([ofFirst.nodes[0], ofSecond.nodes[0]]);
      expect([one.nodeId, two.nodeId]).not.toContain(three.nodeId);
    } while (!isTested);
    expect(rounds).toBeGreaterThan(1);

    const nodeId = await tested;
    const { items } = await network.ask<{ items: RoundView[] }>('/v1/rounds?limit=200');
    const verdicts = items.flatMap((round) => round.verdicts).filter((verdict) => verdict.nodeId === nodeId);
    expect(verdicts).toContainEqual(
      expect.objectContaining({
        passed: true,
        phases: { start: true, precommit: true, commit: true, correctness: true },
      }),
    );
  });
});
