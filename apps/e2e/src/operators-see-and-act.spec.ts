import {
  databaseModules,
  eventPage,
  type EventPage,
  healthView,
  moduleNames,
  type NodeAction,
  type NodeView,
  overviewView,
} from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, type FreshKey, JAPAN, newKey, post, question, send, STORY } from './client.fixture.js';
import { untilNode, untilServing } from './nodes.fixture.js';
import { type OwnMiner, ownMiner } from './own-miners.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';

describe('an operator', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    client = clientOf(network);
    await untilServing(network, 3);
  });

  const events = async (query: string): Promise<EventPage> =>
    eventPage.parse(await network.ask(`/v1/events?${query}`));

  it('sees every replica ready, its outbox and database, and the streams of the broker', async () => {
    await eventually(async () => {
      const { services, streams } = healthView.parse(await network.ask('/v1/health'));
      expect(services.map(({ module }) => module)).toEqual([...moduleNames]);
      for (const { module, replicas, outbox, databaseBytes } of services) {
        // The shared network has two of some.
        const names = new Set(replicas.map(({ name }) => name));
        expect({ module, replicas: [1, 2].includes(names.size) }).toEqual({ module, replicas: true });
        expect(replicas.flatMap(({ checks }) => Object.values(checks))).not.toContain(false);
        const hasTables = (databaseModules as readonly string[]).includes(module);
        expect({ module, hasTables: outbox !== null && (databaseBytes ?? 0) > 0 }).toEqual({
          module,
          hasTables,
        });
      }
      expect(streams.map(({ name }) => name)).toEqual(['EVENTS', 'TOKENS', 'DEAD']);
      expect(streams[0]!.messages).toBeGreaterThan(0);
      expect(streams[0]!.consumers.map(({ name }) => name)).toContain(
        'session-queue-evt-node-pool-node-retired',
      );
    });
  });

  it('sees an answer in the figures, and every step of it in the log', async () => {
    const before = overviewView.parse(await network.ask('/v1/overview?minutes=5'));
    const { taskId } = await client.chat(question(JAPAN));
    const after = overviewView.parse(await network.ask('/v1/overview?minutes=5'));
    expect(after.ended.finalised).toBeGreaterThan(0);
    expect(after.tokensPerSecond).toBeGreaterThan(0);
    expect(after.ttftMs!.p50).toBeGreaterThanOrEqual(after.queueWaitMs!.p50);
    expect(after.series.length).toBe(before.series.length);
    expect(Object.values(after.nodes).reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(3);

    const { items, nextCursor, missing } = await events(`entity=task&entityId=${taskId}`);
    expect({ nextCursor, missing }).toEqual({ nextCursor: null, missing: [] });
    const states = items.filter(({ to }) => to !== null).map(({ to }) => to);
    expect(states).toEqual(['FINALISED', 'REVEALING', 'PRECOMMITTED', 'STREAMING', 'DISPATCHED', 'QUEUED']);
  });

  it('reads the log of all modules page by page, each event once', async () => {
    const seen: string[] = [];
    const modules = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: EventPage = await events(`limit=40${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      for (const { module } of page.items) modules.add(module);
      cursor = page.nextCursor;
    } while (cursor !== null && seen.length < 2_000);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(modules).toContain('node-pool');
    expect(modules).toContain('session-queue');
  });

  describe('with a node', () => {
    let key: FreshKey;
    let owner: Ganglion;
    let own: OwnMiner;
    beforeAll(async () => {
      key = await newKey(network, 'has a node that an operator handles');
      owner = clientOf(network, key.apiKey);
      own = await ownMiner(network, key.keyId, { tokenMs: 20 });
    });
    afterAll(() => own[Symbol.asyncDispose]());

    const act = (action: NodeAction) =>
      network.ask<NodeView>(`/v1/nodes/${own.nodeId}/actions`, post({ action, reason: 'of the spec' }));
    const untilServes = () => untilNode(network, own.nodeId, 'EPHEMERAL', 'RESERVED');

    it('drains it: it finishes its answer, leaves, and comes back by a test', async () => {
      await using session = await openReady(owner, { mode: 'dedicated' });
      const inSession = { ganglion: { sessionId: session.sessionId } };
      const story = await owner.stream(question(STORY, { temperature: 0, max_tokens: 60, ...inSession }));
      let isDrained = false;
      for await (const _piece of story) {
        if (!isDrained) expect((await act('drain')).state).toBe('DRAINING');
        isDrained = true;
      }
      const { attempts, state } = await owner.tasks.get((await story.final).taskId);
      expect({ state, nodes: attempts.map(({ nodeId }) => nodeId) }).toEqual({
        state: 'FINALISED',
        nodes: [own.nodeId],
      });
      const gone = await untilNode(network, own.nodeId, 'OFFLINE');
      expect(gone.reason?.code).toBe('node_draining');
      await untilSession(owner, session.sessionId, 'DEGRADED');
      expect((await act('retest')).state).toBe('TESTING');
      await untilNode(network, own.nodeId, 'RESERVED');
      await untilSession(owner, session.sessionId, 'READY');
    });

    it('quarantines it out of its session, and has it tested again', async () => {
      await untilServes();
      await using session = await openReady(owner, { mode: 'dedicated' });
      expect(await act('quarantine')).toMatchObject({ state: 'QUARANTINED', sessionId: null });
      await untilSession(owner, session.sessionId, 'DEGRADED');
      expect((await act('retest')).state).toBe('TESTING');
      await untilSession(owner, session.sessionId, 'READY');
    });

    it('retires it for good, out of its session too', async () => {
      await untilServes();
      await using session = await openReady(owner, { mode: 'dedicated' });
      expect((await act('retire')).state).toBe('RETIRED');
      await untilSession(owner, session.sessionId, 'DEGRADED');
      const refused = await send(
        network,
        `/v1/nodes/${own.nodeId}/actions`,
        post({ action: 'retest', reason: 'x' }),
      );
      expect(refused.status).toBe(409);
      expect(await refused.text()).toContain('RETIRED');
    });

    it('is named in its history, with the reason', async () => {
      const { items } = await events(`entity=node&entityId=${own.nodeId}&limit=200`);
      const deeds = items.flatMap(({ reason }) => (reason?.code.startsWith('operator_') ? reason : []));
      expect([...new Set(deeds.map(({ code }) => code))].sort()).toEqual([
        'operator_drain',
        'operator_quarantine',
        'operator_retest',
        'operator_retire',
      ]);
      for (const { message } of deeds) expect(message).toMatch(/^by the API key [0-9a-f-]{36}: of the spec$/);
    });
  });
});
