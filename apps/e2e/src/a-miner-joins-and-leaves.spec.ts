import type { NodeView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress, type Program } from '@ganglion/testkit';
import { newMiner, untilNewNode } from './a-miner.fixture.js';
import { clientOf, JAPAN, newKey, question, STORY } from './client.fixture.js';
import { nodesOf, untilNode, untilServing } from './nodes.fixture.js';
import { movesOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

describe('a miner', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let known: NodeView[];
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network, (await newKey(network, 'of a new miner')).apiKey);
    known = await untilServing(network, 3);
  });

  it('with a wrong token is told why it may not join, and no node is made of it', async () => {
    const stranger = await newMiner(network, { env: { GANGLION_TOKEN: 'gt_wrong' } });
    await expect(stranger.run()).rejects.toThrow(/token: not one of this network/);
    expect(stranger.isRunning).toBe(false);
    expect((await nodesOf(network)).length).toBe(known.length);
  });

  describe('with a token', () => {
    let newcomer: Program & AsyncDisposable;
    let nodeId: string;
    beforeAll(async () => {
      newcomer = await newMiner(network);
      await newcomer.run();
      nodeId = (await untilNewNode(network, known)).nodeId;
    });
    afterAll(() => newcomer[Symbol.asyncDispose]());

    const statesOf = async (): Promise<string[]> =>
      (await movesOf(network, 'node-pool', 'node'))
        .filter(({ entityId }) => entityId === nodeId)
        .map(({ to }) => to);

    /** Every node but the shared session's last is in this session, so the newcomer is in one of the two. */
    const answersOf = async (sessionId: string): Promise<string[]> => {
      const inSession = question(JAPAN, { ganglion: { sessionId } });
      const asked = [inSession, inSession, inSession, inSession, question(JAPAN), question(JAPAN)];
      const answers = await Promise.all(asked.map((parameters) => client.chat(parameters)));
      const tasks = await Promise.all(answers.map(({ taskId }) => client.tasks.get(taskId)));
      return tasks.map(({ attempts }) => attempts.at(-1)!.nodeId);
    };

    it('joins, is tested and serves', async () => {
      await untilNode(network, nodeId, 'EPHEMERAL', 'RESERVED');
      expect((await statesOf()).slice(0, 3)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL']);
      const { tokensPerSecond, testedAt } = await network.ask<NodeView>(`/v1/nodes/${nodeId}`);
      expect(tokensPerSecond).toBeGreaterThan(0);
      expect(testedAt).not.toBeNull();
      await client.chat(question(JAPAN));
      await using session = await openReady(client, { minNodes: 3, maxNodes: 3 });
      await eventually(async () => expect(await answersOf(session.sessionId)).toContain(nodeId));
    });

    it('that is killed is OFFLINE at once, and is the same node when it comes back, tested anew', async () => {
      await untilNode(network, nodeId, 'EPHEMERAL', 'RESERVED');
      const before = (await statesOf()).length;
      await newcomer.kill();
      const gone = await untilNode(network, nodeId, 'OFFLINE');
      expect(gone.reason).toMatchObject({ code: 'disconnected' });

      await newcomer.run();
      await untilNode(network, nodeId, 'EPHEMERAL', 'RESERVED');
      expect((await statesOf()).slice(before, before + 3)).toEqual(['OFFLINE', 'TESTING', 'EPHEMERAL']);
      expect((await nodesOf(network)).map((node) => node.nodeId).sort()).toEqual(
        [...known.map((node) => node.nodeId), nodeId].sort(),
      );
    });

    it('that is asked to end finishes what it has, and leaves', async () => {
      await untilServing(network, 4);
      await client.chat(question(JAPAN));
      await using session = await openReady(client, { minNodes: 3, maxNodes: 3 });
      const { sessionId } = session;
      const story = question(STORY, { n: 4, temperature: 2, max_tokens: 200 });
      const inSession = { ...story, ganglion: { sessionId } };
      const tasks = await Promise.all([
        ...Array.from({ length: 6 }, () => client.stream(inSession)),
        ...Array.from({ length: 2 }, () => client.stream(story)),
      ]);
      await eventually(async () => {
        const all = await Promise.all(tasks.map(({ taskId }) => client.tasks.get(taskId)));
        expect(all.flatMap(({ attempts }) => attempts.map((attempt) => attempt.nodeId))).toContain(nodeId);
      });
      const [, ...answers] = await Promise.all([newcomer.stop(), ...tasks.map(wholeOf)]);
      expect(answers).toHaveLength(tasks.length);
      const ended = await Promise.all(tasks.map(({ taskId }) => client.tasks.get(taskId)));
      const its = ended.flatMap(({ attempts }) => attempts).filter((attempt) => attempt.nodeId === nodeId);
      expect(its.map(({ state }) => state).filter((state) => state !== 'REFUSED')).toEqual(
        its.filter(({ state }) => state !== 'REFUSED').map(() => 'ACCEPTED'),
      );
      await untilNode(network, nodeId, 'OFFLINE');
      expect((await statesOf()).slice(-2)).toEqual(['DRAINING', 'OFFLINE']);
    });
  });
});

const wholeOf = async (
  stream: AsyncIterable<unknown> & { final: Promise<{ text: string }> },
): Promise<string> => {
  for await (const _piece of stream);
  return (await stream.final).text;
};
