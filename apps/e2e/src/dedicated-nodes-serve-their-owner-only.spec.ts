import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { newMiner } from './a-miner.fixture.js';
import { clientOf, type FreshKey, JAPAN, newKey, post, question, send } from './client.fixture.js';
import { untilNode, untilServing } from './nodes.fixture.js';
import { newJoinToken, type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

describe('a dedicated node', () => {
  let network: NetworkAddress;
  let key: FreshKey;
  let owner: Ganglion;
  let stranger: Ganglion;
  let own: OwnMiner;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    key = await newKey(network, 'has a miner');
    owner = clientOf(network, key.apiKey);
    stranger = clientOf(network, (await newKey(network, 'has none')).apiKey);
    own = await ownMiner(network, key.keyId);
    await untilServing(network, 4);
  });
  afterAll(() => own[Symbol.asyncDispose]());

  const ask = (client: Ganglion, sessionId?: string) =>
    client.chat(question(JAPAN, sessionId === undefined ? {} : { ganglion: { sessionId } }));

  it('answers in a dedicated session of its owner', async () => {
    await using session = await openReady(owner, { mode: 'dedicated' });
    expect(session.nodes).toEqual([own.nodeId]);
    const { taskId, text } = await ask(owner, session.sessionId);
    expect(text).toContain('Tokyo');
    expect((await owner.tasks.get(taskId)).attempts.map(({ nodeId }) => nodeId)).toEqual([own.nodeId]);
  });

  it('comes first in a hybrid session of its owner, which the network’s nodes complete', async () => {
    await untilNode(network, own.nodeId, 'EPHEMERAL');
    await using session = await openReady(owner, { mode: 'hybrid', minNodes: 2, maxNodes: 2 });
    expect(session.nodes).toContain(own.nodeId);
    expect(new Set(session.nodes).size).toBe(2);
  });

  it('is in nobody else’s session, whatever they ask for, nor in shared ones', async () => {
    await expect(stranger.sessions.open({ model: 'tiny', mode: 'dedicated' })).rejects.toMatchObject({
      status: 400,
      code: 'impossible',
      message: expect.stringMatching(/minNodes: 1 .* 0 exist/),
    });
    await untilNode(network, own.nodeId, 'EPHEMERAL');
    await using hybrid = await openReady(stranger, { mode: 'hybrid' });
    await using ofOwner = await openReady(owner);
    expect([...hybrid.nodes, ...ofOwner.nodes]).not.toContain(own.nodeId);
    await Promise.all(Array.from({ length: 8 }, () => ask(owner)));
    const served = await rowsOf<{ owner: string | null; mode: string }>(
      network,
      `SELECT s.owner, s.parameters->>'mode' AS mode FROM session_queue."Assignment" a
        JOIN session."Session" s ON s.id = a."sessionId" WHERE a."nodeId" = $1`,
      [own.nodeId],
    );
    expect(served.length).toBeGreaterThanOrEqual(2);
    for (const row of served)
      expect(row).toEqual({ owner: key.keyId, mode: expect.stringMatching(/^(dedicated|hybrid)$/) });
  });

  it('joins with a token of its owner: made by an admin, shown once, for so many nodes, until it is revoked', async () => {
    const path = '/v1/join-tokens';
    const { token, ...shown } = await newJoinToken(network, { owner: key.keyId, name: 'home', maxNodes: 2 });
    expect(shown).toMatchObject({ owner: key.keyId, name: 'home', maxNodes: 2, nodes: 0 });
    const { items } = await network.ask<{ items: { tokenId: string }[] }>(`${path}?limit=200`);
    expect(items).toContainEqual(shown);
    expect(JSON.stringify(items)).not.toContain(token);

    const wrong = { owner: '00000000-0000-7000-8000-000000000000' };
    expect((await send(network, path, post(wrong))).status).toBe(404);
    expect((await send(network, path, post({ maxNodes: 0 }))).status).toBe(400);
    expect((await send({ url: network.url, apiKey: key.apiKey }, path, post({}))).status).toBe(403);

    expect((await send(network, `${path}/${shown.tokenId}`, { method: 'DELETE' })).status).toBe(200);
    await using late = await newMiner(network, { env: { GANGLION_TOKEN: token } });
    late.start();
    await eventually(() => expect(late.log()).toMatch(/token: has expired/));
  });
});
