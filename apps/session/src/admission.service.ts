import type { InputOf, OutputOf, session as messages } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { QuotaStore } from './quota.store.js';
import { SubmitService } from './submit.service.js';

/** Lets requests in as far as the limits of their keys go. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly quotas: QuotaStore,
    private readonly submits: SubmitService,
  ) {}

  /** @throws Fault LIMITED beyond a limit, or whatever else refuses the task: then it does not count */
  async submit(input: InputOf<typeof messages.submit>): Promise<OutputOf<typeof messages.submit>> {
    await this.quotas.admit(input);
    try {
      return await this.submits.submit(input);
    } catch (error) {
      // A place that cannot be given back is free when the task would have been over.
      await this.quotas.free(input.taskId).catch(() => undefined);
      throw error;
    }
  }

  /** A task ended without an answer: there is nothing to book. */
  ended(taskId: string): Promise<void> {
    return this.quotas.free(taskId);
  }
}
