import { type CommitData, commitData, type ControlRecord, type Reason } from '@ganglion/contracts';
import { Bus, readFrames } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { LiveAttempt } from './commit.store.js';
import { DispatchService } from './dispatch.service.js';
import { JudgementStore } from './judgement.store.js';
import { laneOf } from './lane.js';
import { NetworkKey } from './network-key.js';
import { makeReceipt } from './receipt.js';
import { findCommitFault } from './validate-commit.js';

/** Judges revealed data: makes the task final with a receipt, or refuses it with a reason. */
@Injectable()
export class ValidationService {
  readonly #log = new Logger(ValidationService.name);

  constructor(
    private readonly store: JudgementStore,
    private readonly key: NetworkKey,
    private readonly dispatch: DispatchService,
    private readonly bus: Bus,
  ) {}

  async judge(found: LiveAttempt, revealed: { text: string; digest: string }): Promise<void> {
    const parsed = parseCommit(revealed);
    if ('fault' in parsed) return this.reject(found, parsed.fault);
    const { taskId, attempt, nodeId, task, precommit } = found;
    const { request } = task.submitted;
    const { frames, malformed } = await readFrames(this.bus, nodeId, taskId);
    const fault =
      malformed > 0
        ? { code: 'malformed_frame', message: `${malformed} of the messages it streamed are no frames` }
        : findCommitFault({
            taskId,
            attempt,
            nodeId,
            requestDigest: task.requestDigest,
            request,
            precommit: precommit!,
            data: parsed.data,
            streamed: frames.map(({ frame }) => frame),
          });
    if (fault) return this.reject(found, fault);
    await this.accept(found, parsed.data);
  }

  private async accept(found: LiveAttempt, data: CommitData): Promise<void> {
    const { taskId, attempt, nodeId, task, precommit, signature } = found;
    const { submitted, requestDigest } = task;
    const receipt = makeReceipt(
      {
        submitted,
        requestDigest,
        attempt,
        nodeId,
        precommit: precommit!,
        signature: signature!,
        data,
        finalisedAt: this.store.now(),
      },
      this.key,
    );
    const { promptTokens, completionTokens } = receipt;
    const choices = data.choices.map(({ choice, tokens, finish, head }) => {
      return { choice, text: tokens.map(([, text]) => text).join(''), tokens, finish, head };
    });
    const state = await this.store.accept(found, {
      result: { choices, promptTokens, completionTokens },
      receipt,
      texts: choices.map(({ text }) => text),
      promptTokens,
      completionTokens,
    });
    if (state === null) return;
    this.say(taskId, {
      type: 'finalised',
      taskId,
      state,
      choices: data.choices.map(({ choice, count, head, finish }) => ({ choice, count, head, finish })),
      promptTokens,
      completionTokens,
      receiptId: taskId,
    });
    this.dispatch.pump(laneOf(submitted));
  }

  /** Refuses an attempt, whatever it has shown so far. */
  async reject(found: LiveAttempt, reason: Reason): Promise<void> {
    const { taskId, attempt, nodeId, task } = found;
    const fate = await this.store.reject(found, reason);
    this.#log.warn({ message: 'attempt rejected', taskId, attempt, nodeId, reason, task: fate });
    if (fate === null) return;
    this.say(taskId, { type: 'fenced', attempt, nodeId, reason });
    if (fate !== 'QUEUED')
      this.say(taskId, {
        type: 'failed',
        taskId,
        state: fate,
        reason: { code: 'answer_rejected', message: `the miner's answer was refused: ${reason.message}` },
      });
    this.dispatch.pump(laneOf(task.submitted));
  }

  private say(taskId: string, record: ControlRecord): void {
    this.bus.publishControl(taskId, record);
  }
}

const parseCommit = ({
  text,
  digest,
}: {
  text: string;
  digest: string;
}): { data: CommitData } | { fault: Reason } => {
  if (createHash('sha256').update(text).digest('hex') !== digest)
    return {
      fault: { code: 'wrong_hash', message: 'the parts of the reveal do not have the announced digest' },
    };
  try {
    return { data: commitData.parse(JSON.parse(text)) };
  } catch {
    return { fault: { code: 'malformed_commit', message: 'the revealed data is not what a commit must be' } };
  }
};
