import { randomBytes, randomUUID } from 'node:crypto';
import type { Receipt } from '@ganglion/commitment';
import { type PayloadOf, type Reason, type Scores, sessionQueue } from '@ganglion/contracts';
import type { Draw } from '@ganglion/database/cognitive';
import type { AuditConfig } from './audit.config.js';
import { Cognitive, newNode } from './cognitive.fixture.js';
import { LEAD_MS } from './epoch-plan.js';
import type { Peers } from './peers.fixture.js';
import { receiptOf } from './receipt.fixture.js';

type Precommitted = PayloadOf<typeof sessionQueue.taskPrecommitted>;
type Fact = Precommitted & { precommit: string };

export interface Heard {
  draw: Draw;
  fact: Fact;
  /** The task ends with an answer, changed as the spec likes. */
  answer: (change?: (receipt: Receipt) => void) => void;
}

/** A module in whose first epoch every answer is audited, unless told otherwise. */
export class Audited implements AsyncDisposable {
  private constructor(
    readonly module: Cognitive,
    private readonly peers: Peers,
  ) {}

  static async on(
    peers: Peers,
    config: Partial<AuditConfig> = {},
    { isOpen = true }: { isOpen?: boolean } = {},
  ): Promise<Audited> {
    const tolerances = { int8: { evidence: 40, gap: 0.3 } };
    const module = await Cognitive.on(peers, { baseRate: 1_000_000, tolerances, ...config });
    const audited = new Audited(module, peers);
    await module.tick();
    if (isOpen) await audited.tick(LEAD_MS);
    return audited;
  }

  /** A module of its own on the same database. */
  replica(): Cognitive {
    return this.module.replica();
  }

  async tick(ms: number): Promise<void> {
    this.module.clock.move(ms);
    await this.module.tick();
  }

  sweep(): Promise<void> {
    return this.module.audits.service.sweep();
  }

  /** Past the end of the first epoch, and of what may still come of it. */
  async close(): Promise<void> {
    for (let minutes = 0; minutes < 20; minutes++) await this.tick(60_000);
  }

  /** A precommit that nobody has heard. */
  async unheard({ nodeId = newNode() }: { nodeId?: string } = {}): Promise<{ fact: Fact }> {
    const at = this.module.clock.now().toISOString();
    const precommit = randomBytes(32).toString('hex');
    return { fact: { taskId: randomUUID(), attempt: 1, nodeId, sessionId: randomUUID(), at, precommit } };
  }

  /** A precommit that was heard, and is drawn. */
  async precommit(): Promise<Heard> {
    const { fact } = await this.unheard();
    const id = await this.module.audits.draws.hear(fact, randomUUID());
    if (id === null) throw new Error('it was not drawn');
    const draw = await this.module.db.client.draw.findUniqueOrThrow({ where: { id } });
    const answer = (change: (receipt: Receipt) => void = () => {}): void => {
      const receipt = this.receiptOf(fact);
      change(receipt);
      this.peers.receipts.set(fact.taskId, receipt);
    };
    return { draw, fact, answer };
  }

  async answered(change?: (receipt: Receipt) => void): Promise<Heard> {
    const heard = await this.precommit();
    heard.answer(change);
    return heard;
  }

  receiptOf({ attempt = 1, nodeId = newNode(), precommit = 'ab'.repeat(32) }: Partial<Fact>): Receipt {
    const receipt = receiptOf('one miner commits');
    const [segment] = receipt.choices[0]!.segments;
    const proof = { ...segment!.proof, precommit };
    receipt.choices[0]!.segments = [{ ...segment!, attempt, nodeId, proof } as typeof segment & object];
    // It stops by an end of text.
    receipt.choices[0]!.tokens.at(-1)![0] = 2;
    return receipt;
  }

  scored(auditId: string, nodeId: string, scores: Scores): Promise<unknown> {
    return this.module.audits.scored.scored({ auditId, scores, problem: null }, nodeId);
  }

  problem(auditId: string, nodeId: string, problem: Reason): Promise<unknown> {
    return this.module.audits.scored.scored({ auditId, scores: null, problem }, nodeId);
  }

  async states(auditId: string): Promise<(string | null)[]> {
    const rows = await this.module.db.client.event.findMany({
      where: { entity: 'audit', entityId: auditId },
      orderBy: { version: 'asc' },
    });
    return rows.map(({ to }) => to);
  }

  verifications(auditId: string): Promise<{ nodeId: string; state: string; reasons: unknown }[]> {
    return this.module.db.client.verification.findMany({ where: { auditId }, orderBy: { askedAt: 'asc' } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.module[Symbol.asyncDispose]();
  }
}
