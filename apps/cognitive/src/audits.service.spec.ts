import { cognitive, Fault, type PayloadOf } from '@ganglion/contracts';
import { Audited } from './audited.fixture.js';
import { newNode } from './cognitive.fixture.js';
import { Peers } from './peers.fixture.js';
import { scores } from './scores.fixture.js';

type Ended = PayloadOf<typeof cognitive.auditEnded>;

describe('an audit', () => {
  let peers: Peers;
  let audited: Audited;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());
  beforeEach(async () => {
    audited = await Audited.on(peers);
  });
  afterEach(() => audited[Symbol.asyncDispose]());

  const ended = () => audited.module.said(cognitive.auditEnded.subject) as Promise<Ended[]>;
  const [first, second, third] = [newNode(), newNode(), newNode()];
  const verifiersAre = (...nodeIds: string[]): void => {
    peers.verifiers = nodeIds.map((nodeId) => ({
      nodeId,
      determinismClass: 'of the spec',
      state: 'EPHEMERAL' as const,
    }));
  };

  it('waits for the end of its task, and passes when a verifier finds nothing', async () => {
    verifiersAre(first);
    const { draw, answer } = await audited.precommit();
    await audited.tick(3_000);
    expect(peers.ordered).toEqual([]);
    answer();
    await audited.tick(3_000);
    expect(peers.ordered).toMatchObject([
      { nodeId: first, job: { auditId: draw.id, claims: [{ choice: 0 }], slack: 0.3 } },
    ]);
    expect(peers.ordered[0]!.job.claims[0]!.tokens).toHaveLength(6);
    await audited.scored(draw.id, first, scores(0.2));
    expect(await ended()).toMatchObject([
      {
        auditId: draw.id,
        nodeId: draw.nodeId,
        taskId: draw.taskId,
        attempt: draw.attempt,
        outcome: 'passed',
      },
    ]);
    expect(await audited.states(draw.id)).toEqual(['DRAWN', 'SCORING', 'PASSED']);
  });

  it('accuses only when a second verifier finds the same', async () => {
    verifiersAre(first, second);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    const { nodeId: one } = peers.ordered[0]!;
    await audited.scored(draw.id, one, scores(5));
    expect(await ended()).toEqual([]);
    await audited.tick(1);
    const { nodeId: other } = peers.ordered[1]!;
    expect(other).not.toBe(one);
    await audited.scored(draw.id, other, scores(5));
    expect(await ended()).toMatchObject([
      {
        nodeId: draw.nodeId,
        outcome: 'failed',
        reasons: [{ code: 'wrong_token', message: /token 3 lost by/ }],
      },
    ]);
    expect(await audited.states(draw.id)).toEqual(['DRAWN', 'SCORING', 'CONFIRMING', 'FAILED']);
  });

  it('accuses nobody when there is no second verifier', async () => {
    verifiersAre(first);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    await audited.scored(draw.id, first, scores(5));
    await audited.tick(1);
    await audited.tick(16 * 60_000);
    expect(await ended()).toMatchObject([{ outcome: 'undecided', reasons: [{ code: 'unconfirmed' }] }]);
  });

  it('asks another node when a verifier is silent, has no scores, or gives such as do not fit', async () => {
    verifiersAre(first);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    verifiersAre(first, second);
    await audited.tick(25_000);
    await audited.tick(1);
    expect(peers.ordered.map(({ nodeId }) => nodeId)).toEqual([first, second]);
    await expect(audited.scored(draw.id, first, scores(5))).rejects.toMatchObject({ code: 'STALE' });
    await audited.problem(draw.id, second, { code: 'engine_failed', message: 'it died' });
    verifiersAre(first, second, third);
    await audited.tick(1);
    await audited.scored(draw.id, third, scores(0, { claims: [{ gaps: [], evidence: [] }] }));
    expect(await audited.verifications(draw.id)).toMatchObject([
      { nodeId: first, state: 'SILENT' },
      { nodeId: second, state: 'REFUSED', reasons: [{ code: 'engine_failed' }] },
      { nodeId: third, state: 'REFUSED', reasons: [{ code: 'malformed_scores' }] },
    ]);
    expect(await ended()).toEqual([]);
  });

  it('asks a busy node again later, and one that refuses for good not', async () => {
    verifiersAre(first, second);
    peers.refusals.set(first, new Fault('BUSY', 'all slots are taken'));
    peers.refusals.set(second, new Fault('CONFLICT', 'another model'));
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    expect(peers.ordered.map(({ nodeId }) => nodeId).sort()).toEqual([first, second].sort());
    peers.refusals.clear();
    await audited.tick(3_000);
    expect(peers.ordered.slice(2).map(({ nodeId }) => nodeId)).toEqual([first]);
    await audited.scored(draw.id, first, scores());
    expect(await ended()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('gives a verifier one audit at a time', async () => {
    verifiersAre(first);
    const [one, other] = [await audited.answered(), await audited.answered()];
    await audited.tick(3_000);
    expect(peers.ordered).toHaveLength(1);
    const asked = peers.ordered[0]!.job.auditId;
    await audited.scored(asked, first, scores());
    await audited.tick(3_000);
    expect(peers.ordered.map(({ job }) => job.auditId).sort()).toEqual([one.draw.id, other.draw.id].sort());
  });

  it('fails by itself where evidence was withheld: no verifier is needed for that', async () => {
    const { draw } = await audited.answered((receipt) => void (receipt.choices[0]!.evidence = []));
    await audited.tick(3_000);
    expect(await ended()).toMatchObject([
      { nodeId: draw.nodeId, outcome: 'failed', reasons: [{ code: 'evidence_missing' }] },
    ]);
    expect(await audited.states(draw.id)).toEqual(['DRAWN', 'FAILED']);
  });

  it.each<[string, () => unknown, string]>([
    ['failed', () => new Fault('CONFLICT', 'no receipt', { state: 'FAILED' }), 'no_answer'],
    [
      'was cancelled without an answer',
      () => new Fault('CONFLICT', 'none', { state: 'CANCELLED' }),
      'no_answer',
    ],
    ['was answered by another attempt', () => audited.receiptOf({ attempt: 2 }), 'not_the_answer'],
  ])('cannot be made of a task that %s', async (_, receipt, code) => {
    const { draw } = await audited.precommit();
    peers.receipts.set(draw.taskId, receipt());
    await audited.tick(3_000);
    expect(await ended()).toMatchObject([{ outcome: 'unverifiable', reasons: [{ code }] }]);
  });

  it('cannot be made of a model that nobody has calibrated', async () => {
    await audited[Symbol.asyncDispose]();
    audited = await Audited.on(peers, { tolerances: {} });
    verifiersAre(first);
    await audited.answered();
    await audited.tick(3_000);
    expect(await ended()).toMatchObject([{ outcome: 'unverifiable', reasons: [{ code: 'not_calibrated' }] }]);
    expect(peers.ordered).toEqual([]);
  });

  it('waits while the queue is away, and ends when nobody could ever check it', async () => {
    const { draw } = await audited.answered();
    peers.isQueueThere = false;
    await audited.tick(3_000);
    peers.isQueueThere = true;
    await audited.tick(3_000);
    expect(await audited.states(draw.id)).toEqual(['DRAWN']);
    await audited.tick(16 * 60_000);
    expect(await ended()).toMatchObject([{ outcome: 'unverifiable', reasons: [{ code: 'no_verifier' }] }]);
  });

  it('is asked for once, however many replicas sweep at once', async () => {
    verifiersAre(first, second, third);
    const { draw } = await audited.answered();
    await using other = audited.replica();
    audited.module.clock.move(3_000);
    await Promise.all([
      other.audits.service.sweep(),
      audited.sweep(),
      other.audits.service.sweep(),
      audited.sweep(),
    ]);
    expect(peers.ordered.map(({ job }) => job.auditId)).toEqual([draw.id]);
  });

  it('goes on under another replica after a death between the asking and the answer', async () => {
    verifiersAre(first);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    await using other = audited.replica();
    await other.audits.scored.scored({ auditId: draw.id, scores: scores(), problem: null }, first);
    expect(await ended()).toMatchObject([{ outcome: 'passed' }]);
  });

  it('takes the word of nobody who was not asked', async () => {
    verifiersAre(first);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    for (const nodeId of [second, draw.nodeId])
      await expect(audited.scored(draw.id, nodeId, scores(5))).rejects.toMatchObject({ code: 'STALE' });
    await audited.scored(draw.id, first, scores());
    await expect(audited.scored(draw.id, first, scores(5))).rejects.toMatchObject({ code: 'STALE' });
  });
});
