import { verifyCommit } from '@ganglion/commitment';
import { Fault, type InputOf, jobs, type sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable } from '@nestjs/common';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { DispatchService } from './dispatch.service.js';
import { laneOf } from './lane.js';
import { ValidationService } from './validation.service.js';

/** Takes what miners bind themselves to (precommit), asks for the data (reveal) and takes it (commit). */
@Injectable()
export class CommitService {
  constructor(
    private readonly store: CommitStore,
    private readonly validation: ValidationService,
    private readonly dispatch: DispatchService,
    private readonly bus: Bus,
  ) {}

  async precommit(
    input: InputOf<typeof sessionQueue.precommit>,
    nodeId: string,
  ): Promise<{ accepted: true }> {
    const { taskId, attempt, precommit, signature } = input;
    const found = await this.findLive({ taskId, attempt, nodeId });
    if (found.precommit !== null) {
      // A repeated precommit is answered as the first was; another one cannot replace it.
      if (found.precommit === precommit) return { accepted: true };
      throw new Fault('STALE', `task ${taskId}, attempt ${attempt}: already precommitted with another hash`);
    }
    if (!verifyCommit(nodeId, precommit, signature)) {
      await this.validation.reject(found, {
        code: 'wrong_signature',
        message: 'the precommit is signed wrongly',
      });
      throw new Fault('REJECTED', 'signature: is not this node’s signature of the precommit');
    }
    const next = await this.store.precommit(found, { precommit, signature });
    if (next === null) throw stale(taskId, attempt);
    if (next === 'reveal') this.askReveal(found);
    this.dispatch.pump(laneOf(found.task.submitted));
    return { accepted: true };
  }

  async commit(input: InputOf<typeof sessionQueue.commit>, nodeId: string): Promise<{ received: true }> {
    const { taskId, attempt, part, parts, digest, data } = input;
    const found = await this.findLive({ taskId, attempt, nodeId });
    if (found.state !== 'PRECOMMITTED') throw stale(taskId, attempt);
    if (part >= parts) throw new Fault('INVALID', `part: ${part} of ${parts}, counted from 0`);
    const text = await this.store.keepPart(found.id, { part, parts, digest, data });
    if (text === null) return { received: true };
    await this.validation.judge(found, { text, digest });
    return { received: true };
  }

  /** Lets a task that held its reveal go on. Idempotent. */
  async reveal(taskId: string): Promise<void> {
    await this.store.startReveal(taskId);
    const found = await this.store.findLast(taskId);
    if (found?.state === 'PRECOMMITTED') this.askReveal(found);
  }

  /** Asks the miner for the data; the sweep asks again until it came or is overdue. */
  askReveal({ id, taskId, attempt, nodeId }: LiveAttempt): void {
    void this.bus
      .order(jobs.reveal, nodeId, { taskId, attempt })
      .then(() => this.store.revealAsked(id))
      .catch(() => {});
  }

  private async findLive(key: { taskId: string; attempt: number; nodeId: string }): Promise<LiveAttempt> {
    const found = await this.store.find(key);
    if (!found)
      throw new Fault('NOT_FOUND', `task ${key.taskId}, attempt ${key.attempt}: not an attempt of this node`);
    if (!['OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED'].includes(found.state))
      throw stale(key.taskId, key.attempt);
    return found;
  }
}

const stale = (taskId: string, attempt: number): Fault =>
  new Fault('STALE', `task ${taskId}, attempt ${attempt}: is no longer live`);
