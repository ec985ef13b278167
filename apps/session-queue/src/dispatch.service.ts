import { Chain } from '@ganglion/commitment';
import { Fault, type InferJob, jobs, type Reason } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { type Claim, DispatchStore } from './dispatch.store.js';
import { FrameWatch } from './frame-watch.service.js';
import { type Lane, laneKey } from './lane.js';

/** A task that its named node refused this often is failed: the node does not want to be tested. */
const TEST_REFUSALS = 3;
/** Back-off after refusals of one task, in ms: 100, 200, … up to 2 s. */
const retryMs = (refusals: number): number => Math.min(2_000, 100 * 2 ** refusals);

/** Hands waiting tasks to free slots, and the tasks to miners. */
@Injectable()
export class DispatchService {
  readonly #log = new Logger(DispatchService.name);
  readonly #pumping = new Map<string, { again: boolean }>();
  readonly #offers = new Set<Promise<void>>();

  constructor(
    private readonly store: DispatchStore,
    private readonly bus: Bus,
    private readonly watch: FrameWatch,
  ) {}

  /** Dispatches all that can be in a lane. Calls during a run make one more run, so nothing is overlooked. */
  pump(lane: Lane): void {
    const key = laneKey(lane);
    const running = this.#pumping.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const state = { again: false };
    this.#pumping.set(key, state);
    void this.run(lane, state)
      .catch((error: unknown) => this.#log.error(`pump ${key}: ${String(error)}`))
      .finally(() => this.#pumping.delete(key));
  }

  private async run(lane: Lane, state: { again: boolean }): Promise<void> {
    do {
      state.again = false;
      for (;;) {
        const claim = await this.store.claim(lane);
        if (typeof claim === 'string') break;
        this.track(this.offer(claim, lane));
      }
    } while (state.again);
  }

  private track(offer: Promise<void>): void {
    const settled = offer.catch((error: unknown) => this.#log.error(`offer: ${String(error)}`));
    this.#offers.add(settled);
    void settled.finally(() => this.#offers.delete(settled));
  }

  /** Offers that were under way have settled. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#offers);
  }

  private async offer(claim: Claim, lane: Lane): Promise<void> {
    const { submitted, attempt, nodeId } = claim;
    this.watch.start(claim);
    try {
      await this.bus.order(jobs.infer, nodeId, toJob(claim));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await this.refused(claim, lane, error);
      return;
    }
    await this.store.acked(claim);
    this.bus.publishControl(submitted.taskId, {
      type: 'granted',
      attempt,
      nodeId,
      choices: startHeads(claim),
    });
  }

  private async refused(claim: Claim, lane: Lane, fault: Fault): Promise<void> {
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
    // A silent miner may have heard the offer all the same.
    if (fault.code === 'UNAVAILABLE') this.cancelQuietly(claim, reason);
    const isDone = await this.store.refused(
      claim,
      reason,
      fail ? { fail } : { retryAfterMs: retryMs(refusals) },
    );
    this.watch.stop(claim);
    if (!isDone) return;
    this.bus.publishControl(
      taskId,
      fail
        ? { type: 'failed', taskId, state: 'FAILED', reason: fail }
        : { type: 'fenced', attempt, nodeId, reason },
    );
    this.pump(lane);
  }

  private cancelQuietly({ submitted, attempt, nodeId }: Claim, reason: Reason): void {
    this.bus.order(jobs.cancel, nodeId, { taskId: submitted.taskId, attempt, reason }).catch(() => {});
  }
}

const toJob = ({ submitted, attempt }: Claim): InferJob => {
  const { taskId, redundancy, verify, request, submittedAt, expiresAt } = submitted;
  return {
    taskId,
    redundancy,
    verify,
    request,
    submittedAt,
    expiresAt,
    attempt,
    silent: verify === 'before',
  };
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
