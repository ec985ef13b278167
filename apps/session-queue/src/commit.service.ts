import { verifyCommit } from '@ganglion/commitment';
import { Fault, type InputOf, type sessionQueue } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { mostParts } from './commit-size.js';
import { CommitStore, type LiveAttempt } from './commit.store.js';
import { DispatchService } from './dispatch.service.js';
import { laneOf } from './lane.js';
import { RevealService } from './reveal.service.js';
import { ValidationService } from './validation.service.js';

/** Takes what miners bind themselves to (precommit) and the data it promised (commit). */
@Injectable()
export class CommitService {
  constructor(
    private readonly store: CommitStore,
    private readonly validation: ValidationService,
    private readonly dispatch: DispatchService,
    private readonly reveals: RevealService,
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
    if (next === 'reveal' && found.task.redundancy === 1) this.reveals.ask(found);
    else if (next === 'reveal') await this.reveals.askAll(taskId);
    this.dispatch.pump(laneOf(found.task.submitted));
    return { accepted: true };
  }

  async commit(input: InputOf<typeof sessionQueue.commit>, nodeId: string): Promise<{ received: true }> {
    const { taskId, attempt, part, parts, digest, data } = input;
    const found = await this.findLive({ taskId, attempt, nodeId });
    if (found.state !== 'PRECOMMITTED') throw stale(taskId, attempt);
    if (part >= parts) throw new Fault('INVALID', `part: ${part} of ${parts}, counted from 0`);
    if (parts > mostParts(found.task.submitted.request)) {
      await this.validation.reject(found, {
        code: 'commit_too_large',
        message: `the reveal comes in ${parts} parts, far more than its tokens need`,
      });
      throw new Fault('TOO_LARGE', `parts: ${parts} are far more than the tokens asked for need`);
    }
    const text = await this.store.keepPart(found.id, { part, parts, digest, data });
    if (text === null) return { received: true };
    try {
      await this.validation.judge(found, { text, digest });
    } catch (error) {
      // What fails here is ours: the node is not to be late by it.
      await this.store.grantTime(found.id);
      throw error;
    }
    return { received: true };
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
