import { type CommitData, commitData, type Reason } from '@ganglion/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { AftermathService } from './aftermath.service.js';
import type { LiveAttempt } from './commit.store.js';
import { FrameWatch } from './frame-watch.service.js';
import { JudgementStore } from './judgement.store.js';
import { laneOf } from './lane.js';
import { findCommitFault } from './validate-commit.js';
import { VerdictService } from './verdict.service.js';

/** Judges what one miner revealed: does it hold what was promised and shown? */
@Injectable()
export class ValidationService {
  readonly #log = new Logger(ValidationService.name);

  constructor(
    private readonly store: JudgementStore,
    private readonly verdicts: VerdictService,
    private readonly frames: FrameWatch,
    private readonly aftermath: AftermathService,
  ) {}

  async judge(found: LiveAttempt, revealed: { text: string; digest: string }): Promise<void> {
    const parsed = parseCommit(revealed);
    if ('fault' in parsed) return this.reject(found, parsed.fault);
    const { taskId, attempt, nodeId, silent, task, precommit } = found;
    const { request } = task.submitted;
    const { frames: streamed, malformed } = await this.frames.streamed(found);
    const fault =
      malformed > 0
        ? refuse('malformed_frame', `${malformed} of the messages it streamed are no frames`)
        : silent && streamed.length > 0
          ? refuse('not_silent', 'a replica streamed, though it was to be silent')
          : findCommitFault({
              taskId,
              attempt,
              nodeId,
              requestDigest: task.requestDigest,
              request,
              precommit: precommit!,
              data: parsed.data,
              streamed,
            });
    if (fault) return this.reject(found, fault);
    if (task.redundancy === 1) return this.verdicts.give(taskId, task, [{ found, data: parsed.data }]);
    if ((await this.store.keepRevealed(found, parsed.data)) === 'compare')
      await this.verdicts.compare(taskId);
  }

  /** Refuses an attempt, whatever it has shown so far. */
  async reject(found: LiveAttempt, reason: Reason): Promise<void> {
    const { taskId, attempt, nodeId, task } = found;
    const fate = await this.store.reject(found, reason, { isShown: await this.frames.wasShown(found) });
    this.#log.warn({ message: 'attempt rejected', taskId, attempt, nodeId, reason, task: fate?.state });
    if (!fate) return;
    const withdrawn = [{ nodeId, attempt }, ...fate.withdrawn];
    await this.aftermath.follow({ taskId, lane: laneOf(task.submitted), fate: { ...fate, withdrawn } });
  }
}

const refuse = (code: string, message: string): Reason => ({ code, message });

const parseCommit = ({
  text,
  digest,
}: {
  text: string;
  digest: string;
}): { data: CommitData } | { fault: Reason } => {
  if (createHash('sha256').update(text).digest('hex') !== digest)
    return { fault: refuse('wrong_hash', 'the parts of the reveal do not have the announced digest') };
  try {
    return { data: commitData.parse(JSON.parse(text)) };
  } catch {
    return { fault: refuse('malformed_commit', 'the revealed data is not what a commit must be') };
  }
};
