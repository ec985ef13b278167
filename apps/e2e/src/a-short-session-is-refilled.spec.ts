import type { SessionView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, type FreshKey, JAPAN, newKey, question } from './client.fixture.js';
import { untilNode, untilServing } from './nodes.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';

const statesOf = ({ history }: SessionView): string[] => history.map(({ state }) => state);

describe('a session that runs short of nodes', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let client: Ganglion;
  let own: OwnMiner[];
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'refilled');
    client = clientOf(network, key.apiKey);
    own = await Promise.all([ownMiner(network, key.keyId), ownMiner(network, key.keyId)]);
    await untilServing(network, 5);
  });
  afterAll(async () => void (await Promise.all(own.map((miner) => miner[Symbol.asyncDispose]()))));

  const ask = (sessionId: string) => client.chat(question(JAPAN, { ganglion: { sessionId } }));

  it('is DEGRADED and goes on with those it has, and READY again when there is another', async () => {
    await using session = await openReady(client, { mode: 'dedicated', minNodes: 2, maxNodes: 2 });
    const { sessionId } = session;
    const [first, second] = own as [OwnMiner, OwnMiner];
    await first.kill();
    const degraded = await untilSession(client, sessionId, 'DEGRADED');
    expect(degraded).toMatchObject({ nodes: [second.nodeId], reason: { code: 'lacking_nodes' } });
    expect((await ask(sessionId)).text).toContain('Tokyo');

    await first.run();
    const ready = await untilSession(client, sessionId, 'READY');
    expect(ready.reason).toBeNull();
    expect(new Set(ready.nodes)).toEqual(new Set([first.nodeId, second.nodeId]));
    expect(statesOf(ready)).toEqual(['REQUESTED', 'RESERVING', 'READY', 'DEGRADED', 'READY']);
  });

  it('is refilled at once while others are free', async () => {
    await untilNode(network, own[0]!.nodeId, 'EPHEMERAL');
    await untilServing(network, 5);
    await using session = await openReady(client, { mode: 'hybrid', minNodes: 1, maxNodes: 1 });
    const lost = own.find(({ nodeId }) => nodeId === session.nodes[0])!;
    await lost.kill();
    await eventually(async () => {
      const { state, nodes } = await client.sessions.get(session.sessionId);
      expect({ state, nodes }).toEqual({ state: 'READY', nodes: [expect.not.stringMatching(lost.nodeId)] });
    });
    expect((await ask(session.sessionId)).text).toContain('Tokyo');
    await lost.run();
    await untilNode(network, lost.nodeId, 'EPHEMERAL');
  });

  it('grows with its queue up to maxNodes', async () => {
    await using session = await openReady(client, { mode: 'dedicated', minNodes: 1, maxNodes: 2 });
    expect(session.nodes).toHaveLength(1);
    const asked = Array.from({ length: 24 }, () => ask(session.sessionId));
    await eventually(async () =>
      expect((await client.sessions.get(session.sessionId)).nodes).toHaveLength(2),
    );
    for (const { text } of await Promise.all(asked)) expect(text).toContain('Tokyo');
  });
});

describe('a session for which too few nodes are free', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network, (await newKey(network, 'waits for nodes')).apiKey);
    await untilServing(network, 3);
  });

  it('is RESERVING until the shared session has yielded its nodes, which keeps one', async () => {
    // A grown shared session: it holds what others need.
    const everyone = clientOf(network);
    const { taskId } = await everyone.chat(question(JAPAN));
    const { sessionId } = await everyone.tasks.get(taskId);
    const shared = sessionId!;
    const busy = Promise.all(Array.from({ length: 60 }, () => everyone.chat(question(JAPAN))));
    await eventually(async () =>
      expect((await everyone.sessions.get(shared)).nodes.length).toBeGreaterThan(1),
    );
    const opened = await client.sessions.open({ model: 'tiny', minNodes: 2, maxNodes: 2 });
    expect(opened.state).toMatch(/^(RESERVING|READY)$/);
    const ready = await untilSession(client, opened.sessionId, 'READY');
    expect(ready.nodes).toHaveLength(2);
    await busy;
    const left = await everyone.sessions.get(shared);
    expect(left.nodes).toHaveLength(1);
    expect(ready.nodes).not.toContain(left.nodes[0]);
    await client.sessions.close(opened.sessionId);
    await untilSession(client, opened.sessionId, 'CLOSED');
  });
});
