import { randomUUID } from 'node:crypto';
import { ExaminerStore } from './examiner.store.js';
import { TestPool } from './pool.fixture.js';

describe('the examiners of nodes', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const digest = async (): Promise<string> => (await pool.services.nodes.models()).models[0]!.digest;
  const find = async (nodeIds: string[], limit = 10) =>
    new ExaminerStore(pool.database).find({ modelDigest: await digest(), nodeIds, limit });
  const become = (
    nodeId: string,
    data: { determinismClass?: string; dedicatedTo?: string; level?: number; testedAt?: null },
  ) => pool.database.client.node.update({ where: { id: nodeId }, data });

  it('are tested nodes with the model, free or serving, the best known first', async () => {
    const [participant, free, reserved, other] = [
      await pool.joined(),
      await pool.tested(),
      await pool.tested(),
      await pool.tested(),
    ];
    const untested = await pool.joined();
    await pool.services.nodes.reserve({ nodeId: reserved, sessionId: randomUUID() });
    await become(free, { level: 2 });
    await become(reserved, { level: 7 });
    await become(other, { level: 3, determinismClass: 'another' });
    const found = await find([participant]);
    expect(found).toEqual({
      contextLength: 512,
      participants: [{ nodeId: participant, determinismClass: 'ort-cpu', slots: 1 }],
      examiners: [
        { nodeId: reserved, determinismClass: 'ort-cpu', state: 'RESERVED', level: 7 },
        { nodeId: other, determinismClass: 'another', state: 'EPHEMERAL', level: 3 },
        { nodeId: free, determinismClass: 'ort-cpu', state: 'EPHEMERAL', level: 2 },
      ],
    });
    expect(found.examiners.map(({ nodeId }) => nodeId)).not.toContain(untested);
    expect((await find([participant], 1)).examiners).toHaveLength(1);
  });

  it('are never participants, dedicated nodes, or such as were not tested', async () => {
    const [own, dedicated, untested] = [await pool.tested(), await pool.tested(), await pool.tested()];
    await become(dedicated, { dedicatedTo: 'her key' });
    await become(untested, { testedAt: null });
    expect((await find([own])).examiners).toEqual([]);
  });

  it('come with the slots of participants, of which one counts until a speed was measured', async () => {
    const [known, newcomer] = [await pool.tested(), await pool.joined()];
    const slots = async () =>
      (await find([known, newcomer])).participants.map((node) => [node.nodeId, node.slots]);
    await pool.database.client.node.update({ where: { id: known }, data: { tokensPerSecond: 40 } });
    expect(new Map((await slots()) as [string, number][])).toEqual(
      new Map([
        [known, 2],
        [newcomer, 1],
      ]),
    );
  });

  it('are not looked for with a model that nobody knows', async () => {
    const search = { modelDigest: '00'.repeat(32), nodeIds: [await pool.tested()], limit: 10 };
    await expect(new ExaminerStore(pool.database).find(search)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
