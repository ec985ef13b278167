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
  ask({ id, taskId, attempt, nodeId }: Pick<LiveAttempt, 'id' | 'taskId' | 'attempt' | 'nodeId'>): void {
    void this.bus
      .order(jobs.reveal, nodeId, { taskId, attempt })
      .catch(() => {})
      .then(() => this.commits.revealAsked(id))
      .catch(() => {});
  }

  /** Asks all miners of a task that are bound. */
  async askAll(taskId: string): Promise<void> {
    for (const found of await this.commits.findAll(taskId, 'PRECOMMITTED')) this.ask(found);
  }

  /** Lets a task that held its reveal go on. Idempotent. */
  async release(taskId: string): Promise<void> {
    await this.commits.startReveal(taskId);
    await this.askAll(taskId);
  }

  async askAgain(): Promise<void> {
    const before = new Date(this.clock.ms() - REVEAL_AGAIN_MS);
    for (const found of await this.sweeps.unrevealed(before)) this.ask(found);
  }
}
