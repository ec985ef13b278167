import { Fault, type TaskState, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { type Claimed, claimedIn, type Drawn } from './audit-claim.js';

const QUEUE_TIMEOUT_MS = 3_000;
/** Of tasks that will never have a receipt. */
const withoutAnswer: readonly TaskState[] = ['CANCELLED', 'FAILED', 'EXPIRED'];

/** What a node committed for a task: the queue has it. */
@Injectable()
export class ClaimService {
  constructor(private readonly bus: Bus) {}

  /** Null while the task has not ended. @throws Fault `UNAVAILABLE` when the queue cannot be asked now */
  async of(drawn: Drawn): Promise<Claimed | null> {
    const { taskId } = drawn;
    try {
      const { receipt } = await this.bus.request(
        sessionQueue.receipt,
        { taskId },
        { timeoutMs: QUEUE_TIMEOUT_MS },
      );
      return claimedIn(receipt, drawn);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'CONFLICT') throw error;
      const state = error.details?.['state'] as TaskState;
      if (!withoutAnswer.includes(state)) return null;
      const message = `its task ended without an answer: ${state}`;
      return { kind: 'unverifiable', reason: { code: 'no_answer', message } };
    }
  }
}
