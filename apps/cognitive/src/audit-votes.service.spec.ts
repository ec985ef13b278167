import { cognitive, type PayloadOf, type Scores } from '@ganglion/contracts';
import { Audited } from './audited.fixture.js';
import { newNode } from './cognitive.fixture.js';
import { Peers } from './peers.fixture.js';
import { scores } from './scores.fixture.js';

type Ended = PayloadOf<typeof cognitive.auditEnded>;
type Outvoted = PayloadOf<typeof cognitive.verifierOutvoted>;

describe('verifiers that disagree', () => {
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
  const outvoted = () => audited.module.said(cognitive.verifierOutvoted.subject) as Promise<Outvoted[]>;
  const verifiersAre = (count: number): void => {
    peers.verifiers = Array.from({ length: count }, () => ({
      nodeId: newNode(),
      determinismClass: 'of the spec',
      state: 'EPHEMERAL' as const,
    }));
  };

  /** Verifiers speak one after the other; `others` have another determinism class. */
  const spoken = async (said: Scores[], others: readonly number[] = []): Promise<string[]> => {
    verifiersAre(3);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    for (const [turn, scored] of said.entries()) {
      const { nodeId } = peers.ordered[turn]!;
      if (others.includes(turn))
        await audited.module.db.client.verification.updateMany({
          where: { auditId: draw.id, nodeId },
          data: { determinismClass: 'another' },
        });
      await audited.scored(draw.id, nodeId, scored);
      await audited.tick(1);
    }
    return peers.ordered.map(({ nodeId }) => nodeId);
  };
  it('bring in a third, and accuse whoever differs from two of its class', async () => {
    const [, liar] = await spoken([scores(null), scores(), scores(null)]);
    expect(await ended()).toMatchObject([{ outcome: 'failed', reasons: [{ code: 'wrong_token' }] }]);
    expect(await outvoted()).toMatchObject([
      { nodeId: liar, reason: { code: 'outvoted', message: /^it found nothing in an answer/ } },
    ]);
  });

  it('clear an answer that one verifier finds false and two do not', async () => {
    const [liar] = await spoken([scores(5), scores(), scores()]);
    expect(await ended()).toMatchObject([{ outcome: 'passed', reasons: [] }]);
    expect(await outvoted()).toMatchObject([
      { nodeId: liar, reason: { code: 'outvoted', message: /^it found an answer false/ } },
    ]);
  });

  it('blame none of themselves across determinism classes', async () => {
    await spoken([scores(5), scores(), scores()], [0]);
    expect(await ended()).toMatchObject([{ outcome: 'passed' }]);
    expect(await outvoted()).toEqual([]);
  });

  it('accuse nobody when there is no third, and what each said is kept', async () => {
    verifiersAre(2);
    const { draw } = await audited.answered();
    await audited.tick(3_000);
    await audited.scored(draw.id, peers.ordered[0]!.nodeId, scores(null));
    await audited.tick(1);
    await audited.scored(draw.id, peers.ordered[1]!.nodeId, scores());
    expect(await ended()).toEqual([]);
    await audited.tick(16 * 60_000);
    expect(await ended()).toMatchObject([{ outcome: 'undecided' }]);
    expect(await audited.verifications(draw.id)).toMatchObject([
      { nodeId: peers.ordered[0]!.nodeId, state: 'FAILED', reasons: [{ code: 'wrong_token' }] },
      { nodeId: peers.ordered[1]!.nodeId, state: 'PASSED' },
    ]);
  });
});
