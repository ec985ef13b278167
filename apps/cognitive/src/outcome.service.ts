import type { AuditState, Reason } from '@ganglion/contracts';
import { Metrics } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { type AuditRow, AuditStore, type Turn } from './audit.store.js';

/** What becomes of audits: written, counted, told. */
@Injectable()
export class OutcomeService {
  readonly #log = new Logger(OutcomeService.name);

  constructor(
    private readonly store: AuditStore,
    private readonly metrics: Metrics,
  ) {}

  /** Of a precommit that was drawn. */
  drawn(auditId: string, nodeId: string): void {
    this.note({ id: auditId, nodeId }, { to: 'DRAWN', reasons: [] });
  }

  /** Ends an audit that nobody scored. */
  async end(audit: AuditRow, turn: Turn): Promise<void> {
    if (await this.store.end(audit, turn)) this.note(audit, turn);
  }

  /** A verifier has spoken; what comes too late changes nothing. */
  async scored(
    audit: AuditRow & { state: 'SCORING' | 'CONFIRMING' },
    said: { nodeId: string; reasons: readonly Reason[] },
  ): Promise<void> {
    const turn = await this.store.scored(audit, said);
    if (turn) this.note(audit, turn);
  }

  private note(
    { id, nodeId }: { id: string; nodeId: string },
    { to, reasons }: { to: AuditState; reasons: readonly Reason[] },
  ): void {
    const said = reasons.map(({ code, message }) => `${code}: ${message}`);
    this.#log.log({ auditId: id, nodeId, state: to, ...(said.length > 0 ? { reasons: said } : {}) });
    this.metrics
      .counter('ganglion_audits_total', 'Audits that entered a state', ['state'])
      .inc({ state: to });
  }
}
