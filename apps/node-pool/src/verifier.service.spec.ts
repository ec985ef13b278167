import { randomUUID } from 'node:crypto';
import type { AuditOutcome } from '@ganglion/contracts';
import { TestPool } from './pool.fixture.js';
import { VerifierStore } from './verifier.store.js';

describe('the verifiers of a node', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const digest = async (): Promise<string> => (await pool.services.nodes.models()).models[0]!.digest;
  const find = async (nodeId: string, more: { modelDigest?: string; limit?: number } = {}) =>
    new VerifierStore(pool.database).find({ nodeId, modelDigest: await digest(), limit: 10, ...more });
  const idsOf = async (nodeId: string): Promise<string[]> =>
    (await find(nodeId))!.verifiers.map((verifier) => verifier.nodeId);
  const become = (nodeId: string, data: { determinismClass?: string; dedicatedTo?: string }) =>
    pool.database.client.node.update({ where: { id: nodeId }, data });

  it('are the healthy ones with its model, its class first, then the free ones', async () => {
    const [own, free, reserved, other] = [
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
    ];
    const untested = await pool.joined();
    await pool.services.nodes.reserve({ nodeId: reserved, sessionId: randomUUID() });
    await become(other, { determinismClass: 'another' });
    const found = (await find(own))!;
    expect(found).toMatchObject({
      model: { id: 'tiny', quantisation: 'int8' },
      determinismClass: 'ort-cpu',
      verifiers: [
        { nodeId: free, determinismClass: 'ort-cpu', state: 'EPHEMERAL' },
        { nodeId: reserved, determinismClass: 'ort-cpu', state: 'RESERVED' },
        { nodeId: other, determinismClass: 'another', state: 'EPHEMERAL' },
      ],
    });
    expect(found.verifiers.map(({ nodeId }) => nodeId)).not.toContain(untested);
    expect((await find(own, { limit: 1 }))!.verifiers).toHaveLength(1);
  });

  it('are of the same owner: nobody else sees what a dedicated node was asked', async () => {
    const [network, alsoNetwork, hers, alsoHers, his] = [
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
    ];
    for (const nodeId of [hers, alsoHers]) await become(nodeId, { dedicatedTo: 'her key' });
    await become(his, { dedicatedTo: 'his key' });
    expect(await idsOf(hers)).toEqual([alsoHers]);
    expect(await idsOf(his)).toEqual([]);
    expect(await idsOf(network)).toEqual([alsoNetwork]);
  });

  it('are nobody for a node or a model that is not known', async () => {
    const own = await pool.tested();
    expect(await find(`U${'A'.repeat(55)}`)).toBeNull();
    expect(await find(own, { modelDigest: '00'.repeat(32) })).toBeNull();
  });
});

describe('the outcome of an audit', () => {
  it('quarantines a node that failed, once, and leaves every other alone', async () => {
    await using pool = await TestPool.open();
    const nodeId = await pool.tested();
    const end = (outcome: AuditOutcome, eventId: string = randomUUID()) =>
      pool.services.nodes.audited(
        {
          auditId: randomUUID(),
          nodeId,
          taskId: randomUUID(),
          attempt: 1,
          outcome,
          reasons: [{ code: 'wrong_token', message: 'token 3 lost by 5' }],
          at: pool.clock.now().toISOString(),
        },
        eventId,
      );
    for (const outcome of ['passed', 'undecided', 'unverifiable'] as const) await end(outcome);
    expect((await pool.services.nodes.get(nodeId)).state).toBe('EPHEMERAL');
    const eventId = randomUUID();
    await end('failed', eventId);
    await end('failed', eventId);
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'QUARANTINED',
      reason: { code: 'audit_failed', message: /token 3 lost by 5/ },
    });
    expect(await pool.states(nodeId)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL', 'QUARANTINED']);
  });

  it('quarantines a verifier that was outvoted by two of its class', async () => {
    await using pool = await TestPool.open();
    const nodeId = await pool.tested();
    const reason = { code: 'outvoted', message: 'it found nothing in an answer that two others found false' };
    const fact = { auditId: randomUUID(), nodeId, reason, at: pool.clock.now().toISOString() };
    await pool.services.nodes.outvoted(fact, randomUUID());
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({ state: 'QUARANTINED', reason });
  });
});
