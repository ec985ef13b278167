import type { EpochView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually, Network, type TestMiner } from '@ganglion/testkit';
import { clientOf, type FreshKey, newKey, question, STORY } from './client.fixture.js';
import { ganglion } from './command.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { ownMiners } from './own-miners.fixture.js';
import { rowsOf } from './rows.fixture.js';
import { openReady } from './sessions.fixture.js';

interface AuditRow {
  taskId: string;
  nodeId: string;
  state: string;
  verifiers: string[];
}

const NODES = 3;
const EPOCH_SECONDS = 30;

describe('a network that audits every answer', () => {
  let network: Network;
  let key: FreshKey;
  let client: Ganglion;
  let sessionId: string;
  let liar: TestMiner;
  let miners: TestMiner[];

  beforeAll(async () => {
    const env = { cognitive: { AUDIT_RATE: '1', AUDIT_EPOCH_SECONDS: String(EPOCH_SECONDS) } };
    network = await Network.start({ miners: 1, replicas: 1, env });
    key = await newKey(network, 'is audited');
    client = clientOf(network, key.apiKey);
    miners = await ownMiners(network, key.keyId, { count: NODES, slots: 2 });
    liar = miners[0]!;
    ({ sessionId } = await openReady(client, { mode: 'dedicated', minNodes: NODES, maxNodes: NODES }));
    await eventually(async () => {
      const [first] = (await client.audits.epochs()).items.slice(-1);
      return first !== undefined && Date.parse(first.startsAt) < Date.now();
    });
  });
  afterAll(async () => {
    await miners[0]?.stop();
    await network.stop();
  });

  const ask = () =>
    client.chat({ ...question(STORY, { max_tokens: 16 }), ganglion: { sessionId, redundancy: 1 } });
  /** As many at once as there are slots, so that every node has one. */
  const askAll = () => Promise.all(Array.from({ length: 2 * NODES }, ask));
  const audits = (): Promise<AuditRow[]> =>
    rowsOf<AuditRow>(
      network,
      `SELECT d."taskId", a."nodeId", a.state::text,
              array(SELECT v."nodeId" FROM cognitive."Verification" v WHERE v."auditId" = a.id) AS verifiers
         FROM cognitive."Audit" a JOIN cognitive."Draw" d ON d.id = a.id`,
    );

  it('finds nothing wrong with honest answers, and asks only nodes of the same owner', async () => {
    const answers = await askAll();
    const found = await eventually(async () => {
      const rows = await audits();
      expect(rows.filter(({ state }) => state === 'PASSED')).toHaveLength(answers.length);
      return rows;
    });
    expect(found.map(({ taskId }) => taskId).sort()).toEqual(answers.map(({ taskId }) => taskId).sort());
    const own = miners.map(({ nodeId }) => nodeId);
    for (const { nodeId, verifiers } of found)
      for (const verifier of verifiers) {
        expect(own).toContain(verifier);
        expect(verifier).not.toBe(nodeId);
      }
  });

  it('quarantines a node that gives another token than its model, however consistently it commits', async () => {
    await liar.misbehave('other-answer');
    const known = await audits();
    await askAll();
    const { reason } = await untilNode(network, liar.nodeId, 'QUARANTINED');
    expect(reason).toMatchObject({ code: 'audit_failed', message: /not what its model chooses/ });
    const { nodeId } = liar;
    const failed = (await audits()).filter(({ state }) => state === 'FAILED');
    expect(failed.length).toBeGreaterThan(0);
    for (const { verifiers, ...audit } of failed) {
      expect(audit.nodeId).toBe(nodeId);
      expect(new Set(verifiers).size).toBe(2);
    }
    expect((await audits()).length).toBe(known.length + 2 * NODES);
  });

  it('lets anyone recompute afterwards who should have been audited', async () => {
    await eventually(async () => {
      const live = (await audits()).filter(({ state }) => /DRAWN|SCORING|CONFIRMING/.test(state));
      expect(live).toEqual([]);
    });
    await network.clock.advance((EPOCH_SECONDS + 61) * 1_000);
    const [closed] = await eventually(async () => {
      const { items } = await client.audits.epochs();
      const all = items.filter((epoch: EpochView) => epoch.seed !== null);
      return all.length > 0 && all.slice(-1);
    });
    const flags = ['--url', network.url, '--api-key', key.apiKey, '--json'];
    const { code, out } = await ganglion([...flags, 'audit', 'verify', String(closed!.epoch)]);
    expect(code).toBe(0);
    const check = JSON.parse(out) as { draws: number; audited: number; problems: unknown[] };
    expect(check).toMatchObject({ audited: check.draws, problems: [] });
    expect(check.draws).toBeGreaterThan(0);
  });
});
