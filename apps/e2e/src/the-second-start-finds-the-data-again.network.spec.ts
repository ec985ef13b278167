import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, Network } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { nodesOf } from './nodes.fixture.js';

describe('a network that was stopped', () => {
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ganglion-e2e-'));
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  it('finds keys, tasks, receipts and nodes again when it is started on the same folder', async () => {
    const options = { miners: 1, dataDir: join(parent, 'data') };
    const first = await runOnce(options);
    await using network = await Network.start(options);
    expect(network.apiKey).toBe(first.apiKey);
    expect(network.joinToken).toBe(first.joinToken);

    const client = clientOf(network, first.otherKey);
    const task = await client.tasks.get(first.taskId);
    expect(task).toEqual(first.task);
    const receipt = await client.tasks.receipt(first.taskId);
    expect(receipt).toEqual(first.receipt);
    expect(await client.networkKey()).toBe(first.networkKey);
    expect(await client.verify(receipt, { publicKey: first.networkKey })).toMatchObject({ ok: true });

    expect((await nodesOf(network)).map(({ nodeId }) => nodeId)).toEqual(first.nodeIds);
    expect((await clientOf(network).chat(question(JAPAN))).text).toContain('Tokyo');
    // Booked once, even if the network was stopped before the queue's event was heard.
    const headers = { authorization: `Bearer ${first.otherKey}` };
    const { completionTokens } = receipt;
    await eventually(async () =>
      expect(await network.ask('/v1/usage', { headers })).toMatchObject({ tasks: 1, completionTokens }),
    );
  });
});

/** Starts a network, uses it and stops it; what it knew at the end. */
const runOnce = async (options: { miners: number; dataDir: string }) => {
  await using network = await Network.start(options);
  const { apiKey: otherKey } = await newKey(network, 'of the first start');
  const client = clientOf(network, otherKey);
  const { taskId } = await client.chat(question(JAPAN));
  const nodes = await nodesOf(network);
  return {
    apiKey: network.apiKey,
    joinToken: network.joinToken,
    otherKey,
    taskId,
    task: await client.tasks.get(taskId),
    receipt: await client.tasks.receipt(taskId),
    networkKey: await client.networkKey(),
    nodeIds: nodes.map(({ nodeId }) => nodeId),
  };
};
