import { jobs } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { SweepStore } from './sweep.store.js';

/** A reveal that was not answered is asked for again after this. */
const REVEAL_AGAIN_MS = 2_000;

/** Asks miners for the data that their hashes promised. */
@Injectable()
export class RevealService {
  constructor(
    private readonly bus: Bus,
    private readonly commits: CommitStore,
    private readonly sweeps: SweepStore,
    private readonly clock: Clock,
  ) {}

  /** Asks the miner; the sweep asks again until the data came or is overdue. */
  ask({ taskId, attempt, nodeId }: Pick<LiveAttempt, 'taskId' | 'attempt' | 'nodeId'>): void {
    void this.bus.order(jobs.reveal, nodeId, { taskId, attempt }).catch(() => {});
  }

  /** Asks all miners of a task that are bound, if its reveal is open: before, one could copy from another. */
  async askAll(taskId: string): Promise<void> {
    for (const found of await this.commits.findAll(taskId, 'PRECOMMITTED'))
      if (['REVEALING', 'CANCELLING'].includes(found.task.state)) this.ask(found);
  }

  /** Lets a task that held its reveal go on. Idempotent. */
  async release(taskId: string): Promise<void> {
    await this.commits.startReveal(taskId);
    await this.askAll(taskId);
  }

  async askAgain(): Promise<void> {
    const before = new Date(this.clock.ms() - REVEAL_AGAIN_MS);
    const unrevealed = await this.sweeps.unrevealed(before);
    if (unrevealed.length === 0) return;
    await this.commits.revealAsked(unrevealed.map(({ id }) => id));
    for (const found of unrevealed) this.ask(found);
  }
}
