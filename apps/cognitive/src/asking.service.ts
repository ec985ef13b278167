import { randomInt } from 'node:crypto';
import { Fault, jobs, nodePool, type OutputOf, type Reason, type ScoreJob } from '@ganglion/contracts';
import type { Tolerances } from '@ganglion/inference/audit';
import { Bus } from '@ganglion/messaging';
import { Inject, Injectable } from '@nestjs/common';
import type { Scorable } from './audit-claim.js';
import { AUDIT_CONFIG, type AuditConfig } from './audit.config.js';
import { scoreMs } from './audit-course.js';
import { type AuditRow, AuditStore } from './audit.store.js';
import { tolerancesFor } from './tolerance.js';
import { drawVerifiers, type Verifier } from './verifier-draw.js';

const POOL_TIMEOUT_MS = 3_000;
/** Nodes that are asked in one go before the audit waits. */
const TRIES = 3;
/** More candidates than are ever asked, so that the lot has something to choose from. */
const CANDIDATES = 50;
/** A job is one message, and those are under 1 MB. */
const MOST_JOB_BYTES = 900_000;
const LOTS = 2 ** 47;

/** `asked`: a node is at it; `wait`: none could now; a reason: none ever can. */
export type Asked = 'asked' | 'wait' | Reason;

interface Question {
  readonly audit: AuditRow;
  readonly claimed: Scorable;
  readonly verifier: Verifier;
  readonly tolerances: Tolerances;
  /** Of the node that answered, as it was then; null where that is not known. */
  readonly contextLength: number | null;
}

/** Finds a node that scores an answer, and asks it. */
@Injectable()
export class AskingService {
  constructor(
    private readonly store: AuditStore,
    private readonly bus: Bus,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
  ) {}

  /** @throws Fault `UNAVAILABLE` when the pool cannot be asked now */
  async ask(audit: AuditRow, claimed: Scorable): Promise<Asked> {
    const found = await this.search(audit, claimed);
    if (!this.tolerances(claimed, found, true))
      return {
        code: 'not_calibrated',
        message: `nobody has calibrated ${found.model.id}: set AUDIT_TOLERANCES (docs/audits.md)`,
      };
    const asked = new Set(audit.verifications.map(({ nodeId }) => nodeId));
    const candidates = drawVerifiers(found, asked, () => randomInt(LOTS) / LOTS);
    for (const verifier of candidates.slice(0, TRIES)) {
      const isSameClass = verifier.determinismClass === found.determinismClass;
      const tolerances = this.tolerances(claimed, found, isSameClass)!;
      const contextLength = contextThen(found, audit.draw.precommittedAt);
      const answer = await this.askOne({ audit, claimed, verifier, tolerances, contextLength });
      if (answer !== 'wait') return answer;
    }
    return 'wait';
  }

  private search(
    { nodeId }: AuditRow,
    { request }: Scorable,
  ): Promise<OutputOf<typeof nodePool.findVerifiers>> {
    const search = { nodeId, modelDigest: request.modelDigest, limit: CANDIDATES };
    return this.bus.request(nodePool.findVerifiers, search, { timeoutMs: POOL_TIMEOUT_MS });
  }

  private tolerances(
    { request: { modelDigest } }: Scorable,
    { model }: OutputOf<typeof nodePool.findVerifiers>,
    isSameClass: boolean,
  ): Tolerances | undefined {
    const { id, quantisation } = model;
    return tolerancesFor(this.config.tolerances, { modelDigest, model: id, quantisation, isSameClass });
  }

  private async askOne({ audit, claimed, verifier, tolerances, contextLength }: Question): Promise<Asked> {
    const { nodeId, determinismClass } = verifier;
    const scored = claimed.claims.reduce((sum, { tokens }) => sum + tokens.length, 0);
    const dueAt = new Date(this.store.now().getTime() + scoreMs(claimed.promptTokens + scored));
    const job = jobFor(claimed, { auditId: audit.id, tolerances, dueAt });
    if (Buffer.byteLength(JSON.stringify(job)) > MOST_JOB_BYTES)
      return { code: 'too_large', message: 'prompt and answer do not fit into one message' };
    const judgedBy = {
      evidenceTolerance: tolerances.evidence,
      gapTolerance: tolerances.gap,
      contextLength,
    };
    const isOpen = await this.store.ask(audit, { nodeId, determinismClass, ...judgedBy }, dueAt);
    return isOpen && (await this.order(audit, nodeId, job)) ? 'asked' : 'wait';
  }

  /** False when the node does not take it. */
  private async order({ id }: AuditRow, nodeId: string, job: ScoreJob): Promise<boolean> {
    try {
      await this.bus.order(jobs.score, nodeId, job);
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const reason = { code: error.code.toLowerCase(), message: error.message };
      if (error.code === 'BUSY' || error.code === 'UNAVAILABLE') await this.store.withdraw(id, nodeId);
      else await this.store.pass(id, nodeId, { state: 'REFUSED', reason });
      return false;
    }
  }
}

/** A node that has joined anew since then may have had room for less when it answered. */
const contextThen = (
  { contextLength, joinedAt }: OutputOf<typeof nodePool.findVerifiers>,
  answeredAt: Date,
): number | null =>
  contextLength && joinedAt && Date.parse(joinedAt) < answeredAt.getTime() ? contextLength : null;

const jobFor = (
  { request, claims }: Scorable,
  { auditId, tolerances, dueAt }: { auditId: string; tolerances: Tolerances; dueAt: Date },
): ScoreJob => ({
  auditId,
  request,
  claims: claims.map(({ choice, tokens }) => ({ choice, tokens: [...tokens] })),
  slack: tolerances.gap,
  expiresAt: dueAt.toISOString(),
});
