import { Chain } from '@ganglion/commitment';
import { Fault, type InferJob, jobs, type Reason } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import type { Claim } from './claim.store.js';
import type { LiveAttempt } from './commit.store.js';
import { DispatchStore } from './dispatch.store.js';
import { FrameWatch } from './frame-watch.service.js';
import { NewsService } from './news.service.js';

/** A task that its named node refused this often is failed: the node does not want to be tested. */
const TEST_REFUSALS = 3;
/** A miner that begins within this time needs no note of its own that it took the task. */
const BEGIN_MS = 100;
/** Back-off after refusals of one task, in ms: 100, 200, … up to 2 s. */
const retryMs = (refusals: number): number => Math.min(2_000, 100 * 2 ** refusals);

/** Offers a task to its miner, and notes what came of it. */
@Injectable()
export class OfferService {
  constructor(
    private readonly store: DispatchStore,
    private readonly bus: Bus,
    private readonly watch: FrameWatch,
    private readonly news: NewsService,
  ) {}

  /** @returns false when the miner did not take it: its slot is free again, and the task may be offered to another. */
  async make(claim: Claim): Promise<boolean> {
    if (!(await this.offer(claim))) return false;
    if (!(await this.watch.hasBegun(claim, BEGIN_MS))) await this.store.acked(claim);
    return true;
  }

  private async offer(claim: Claim): Promise<boolean> {
    const { submitted, attempt, nodeId, silent } = claim;
    if (!silent) this.watch.start(claim);
    try {
      await this.bus.order(jobs.infer, nodeId, toJob(claim));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await this.refused(claim, error);
      return false;
    }
    if (!silent)
      this.news.say(submitted.taskId, { type: 'granted', attempt, nodeId, choices: startHeads(claim) });
    return true;
  }

  /** Whoever offered it died before the answer: the miner may be at work on it, and answers the same offer alike. */
  async again({ id, attempt, nodeId, silent, task }: LiveAttempt): Promise<void> {
    const { submitted, requestDigest } = task;
    // Its node's speed is not at hand: it has the whole time of its task.
    const allowMs = Date.parse(submitted.expiresAt) - Date.parse(submitted.submittedAt);
    const claim = { attemptId: id, attempt, nodeId, silent, submitted, requestDigest, allowMs };
    if (await this.offer(claim)) await this.store.acked(claim);
  }

  private async refused(claim: Claim, fault: Fault): Promise<void> {
    const { submitted, attempt, nodeId } = claim;
    const { taskId } = submitted;
    const reason: Reason = { code: fault.code.toLowerCase(), message: fault.message.slice(0, 1_000) };
    const isItsOwn = fault.code === 'INVALID' || fault.code === 'TOO_LARGE';
    const refusals = await this.store.refusals(taskId);
    const isTestRefused = submitted.nodeId !== null && refusals + 1 >= TEST_REFUSALS;
    const fail: Reason | null = isItsOwn
      ? { ...reason, code: 'invalid_request' }
      : isTestRefused
        ? reason
        : null;
    const fate = await this.store.refused(
      claim,
      reason,
      fail ? { fail } : { retryAfterMs: retryMs(refusals) },
    );
    this.watch.stop(claim);
    // Its miner is told too: a silent one may have heard the offer all the same.
    if (!fate) return;
    this.news.ended({ taskId, fate: { ...fate, withdrawn: [{ nodeId, attempt }, ...fate.withdrawn] } });
  }
}

const toJob = ({ submitted, attempt, silent }: Claim): InferJob => {
  const { taskId, redundancy, verify, request, submittedAt, expiresAt } = submitted;
  return { taskId, redundancy, verify, request, submittedAt, expiresAt, attempt, silent };
};

const startHeads = ({ submitted, attempt, nodeId, requestDigest }: Claim) =>
  Array.from({ length: submitted.request.choices }, (_, choice) => {
    const { modelDigest } = submitted.request;
    const { taskId } = submitted;
    return {
      choice,
      from: 1,
      head: new Chain({ taskId, attempt, choice, nodeId, modelDigest, requestDigest }).head,
    };
  });
