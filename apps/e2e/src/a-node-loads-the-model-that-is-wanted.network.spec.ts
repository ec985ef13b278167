import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ganglion } from '@ganglion/sdk';
import { bundledModel, eventually, Network } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { nodesOf, untilNode } from './nodes.fixture.js';
import { advance } from './quiet-clock.fixture.js';
import { untilSession } from './sessions.fixture.js';

describe('a model that no free node has loaded', () => {
  let folder: string;
  let network: Network;
  let client: Ganglion;
  let nodeId: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-two-models-'));
    for (const name of ['tiny', 'warm']) await cp(bundledModel, join(folder, name), { recursive: true });
    const path = join(folder, 'warm', 'generation_config.json');
    const defaults = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...defaults, temperature: 0.25 }));
    network = await Network.start({ miners: 1, replicas: 1 });
    client = clientOf(network, (await newKey(network, 'of two models')).apiKey);
    // Somebody brings the model, so that the network knows it, and leaves.
    const bringer = await network.addMiner({ model: join(folder, 'warm') });
    await network.untilServing(2);
    await network.stopMiner(bringer);
    const known = new Set((await nodesOf(network)).map((node) => node.nodeId));
    await network.addMiner({ model: join(folder, 'tiny'), env: { ALSO: join(folder, 'warm') } });
    await network.untilServing(2);
    nodeId = (await nodesOf(network)).find((node) => !known.has(node.nodeId))!.nodeId;
  });
  afterAll(async () => {
    await network.stop();
    await rm(folder, { recursive: true });
  });

  it('is loaded by an idle node that may, for a session that waits and says so', async () => {
    expect((await client.node(nodeId)).declared?.modelDigests).toHaveLength(2);
    const opened = await client.sessions.open({ model: 'warm' });
    expect(opened).toMatchObject({ state: 'RESERVING', reason: { code: 'loading_model' } });
    const ready = await untilSession(client, opened.sessionId, 'READY');
    expect(ready).toMatchObject({ nodes: [nodeId], reason: null });
    const asked = { ...question(JAPAN), model: 'warm', ganglion: { sessionId: opened.sessionId } };
    expect((await client.chat(asked)).text).toContain('Tokyo');

    const { model, history } = await client.node(nodeId);
    expect(model).toBe('warm');
    const states = history.map(({ state }) => state);
    const away = history.findIndex(({ reason }) => reason?.startsWith('loading: '));
    expect(states.slice(away)).toEqual(['OFFLINE', 'TESTING', 'EPHEMERAL', 'RESERVED']);
    expect(history[away + 1]?.reason).toMatch(/^loaded: /);
    await client.sessions.close(opened.sessionId);
    await untilNode(network, nodeId, 'EPHEMERAL');
  });

  it('is not loaded at the cost of one that was loaded just now, and a failed load leaves the node as it was', async () => {
    await rm(join(folder, 'tiny', 'tokenizer.json'));
    const opened = await client.sessions.open({ model: 'tiny', minNodes: 2, maxNodes: 2 });
    await eventually(async () =>
      expect((await client.sessions.get(opened.sessionId)).reason?.code).toBe('lacking_nodes'),
    );
    expect((await client.node(nodeId)).state).toBe('EPHEMERAL');

    await advance(network, 600_000);
    await eventually(async () => {
      const { history } = await client.node(nodeId);
      expect(history.map(({ reason }) => reason)).toContainEqual(
        expect.stringMatching(/^load_failed: .*tokenizer\.json/),
      );
    });
    const { model } = await untilNode(network, nodeId, 'EPHEMERAL');
    expect(model).toBe('warm');
    await client.sessions.close(opened.sessionId);
  });
});
