import {
  type cognitive,
  Fault,
  type InputOf,
  type OutputOf,
  type Reason,
  type Scores,
} from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { type AuditRow, AuditStore } from './audit.store.js';
import { ClaimService } from './claim.service.js';
import { OutcomeService } from './outcome.service.js';
import { findScoreFault, judgeScores } from './score-judgement.js';

type Live = AuditRow & { state: 'SCORING' | 'CONFIRMING' };

/** Takes what verifiers say. */
@Injectable()
export class ScoredService {
  constructor(
    private readonly store: AuditStore,
    private readonly claims: ClaimService,
    private readonly outcomes: OutcomeService,
  ) {}

  /** @throws Fault `STALE` for what was not asked of this node, or no longer; `UNAVAILABLE`: say it again */
  async scored(
    { auditId, scores, problem }: InputOf<typeof cognitive.scored>,
    nodeId: string,
  ): Promise<OutputOf<typeof cognitive.scored>> {
    const audit = await this.store.askedOf(auditId, nodeId);
    if (!audit || !isLive(audit))
      throw new Fault('STALE', `auditId: nothing of audit ${auditId} is asked of this node (any more)`);
    if (scores) await this.judge(audit, nodeId, scores);
    else await this.refuse(audit, nodeId, problem ?? { code: 'no_scores', message: 'it gave no scores' });
    return { noted: true };
  }

  private async judge(audit: Live, nodeId: string, scores: Scores): Promise<void> {
    const claimed = await this.claims.of(audit.draw);
    if (claimed?.kind !== 'claims')
      throw new Error(`audit ${audit.id} is being scored, but its receipt gives nothing to score`);
    const { claims, request, promptTokens } = claimed;
    const fault = findScoreFault(claims, scores);
    if (fault) return this.refuse(audit, nodeId, fault);
    const asked = audit.verifications.find((one) => one.nodeId === nodeId)!;
    const { evidenceTolerance, gapTolerance, contextLength } = asked;
    const tolerances = { evidence: evidenceTolerance, gap: gapTolerance };
    const { sampling } = request;
    const reasons = judgeScores({ claims, promptTokens, sampling, scores, tolerances, contextLength });
    await this.outcomes.scored(audit, { nodeId, reasons });
  }

  private refuse(audit: AuditRow, nodeId: string, reason: Reason): Promise<void> {
    return this.store.pass(audit.id, nodeId, { state: 'REFUSED', reason });
  }
}

const isLive = (audit: AuditRow): audit is Live => audit.state === 'SCORING' || audit.state === 'CONFIRMING';
