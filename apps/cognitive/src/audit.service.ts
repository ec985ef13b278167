import { Fault, type Reason } from '@ganglion/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { AskingService } from './asking.service.js';
import { atGivingUp } from './audit-course.js';
import { type AuditRow, AuditStore } from './audit.store.js';
import { ClaimService } from './claim.service.js';
import { OutcomeService } from './outcome.service.js';

/** Until a task that has not ended, or a pool without a free verifier, is looked at again. */
const RETRY_MS = 3_000;

/** Takes audits onward: waits for their tasks, has them scored, gives up in time. Safe in any number of replicas. */
@Injectable()
export class AuditService {
  readonly #log = new Logger(AuditService.name);

  constructor(
    private readonly store: AuditStore,
    private readonly claims: ClaimService,
    private readonly asking: AskingService,
    private readonly outcomes: OutcomeService,
  ) {}

  /** Every audit whose time has come. */
  async sweep(): Promise<void> {
    const due = await this.store.takeDue();
    await Promise.all(due.map((audit) => this.advanceSafely(audit)));
  }

  private async advanceSafely(audit: AuditRow): Promise<void> {
    try {
      await this.advance(audit);
    } catch (error) {
      // Who could not be asked now is asked again. Anything else is a bug, and must not end the sweep of the others.
      const facts = { auditId: audit.id, error: error instanceof Error ? error.stack : String(error) };
      if (!(error instanceof Fault)) this.#log.error({ message: 'an audit failed', ...facts });
      await this.wait(audit);
    }
  }

  private async advance(audit: AuditRow): Promise<void> {
    const now = this.store.now();
    if (audit.giveUpAt <= now) return this.giveUp(audit);
    const asked = audit.verifications.find(({ state }) => state === 'ASKED');
    if (asked && asked.dueAt > now) return this.store.postpone(audit.id, asked.dueAt);
    if (asked) {
      const reason = { code: 'silent', message: 'no scores came before the deadline' };
      return this.store.pass(audit.id, asked.nodeId, { state: 'SILENT', reason });
    }
    const claimed = await this.claims.of(audit.draw);
    if (!claimed) return this.wait(audit);
    if (claimed.kind === 'false') return this.outcomes.end(audit, { to: 'FAILED', reasons: claimed.reasons });
    if (claimed.kind === 'unverifiable') return this.stop(audit, claimed.reason);
    const answer = await this.asking.ask(audit, claimed);
    if (answer === 'wait') return this.wait(audit);
    if (answer !== 'asked') return this.stop(audit, answer);
  }

  private giveUp(audit: AuditRow): Promise<void> {
    return this.stop(
      audit,
      audit.state === 'CONFIRMING'
        ? {
            code: 'unconfirmed',
            message: 'found false by one verifier, and no other two were there to settle it',
          }
        : {
            code: 'no_verifier',
            message: 'its task, or a node that could check it, was waited for too long',
          },
    );
  }

  /** Ends it without an accusation. */
  private stop(audit: AuditRow, reason: Reason): Promise<void> {
    return this.outcomes.end(audit, { to: atGivingUp(audit.state), reasons: [reason] });
  }

  private wait({ id }: AuditRow): Promise<void> {
    return this.store.postpone(id, new Date(this.store.now().getTime() + RETRY_MS));
  }
}
