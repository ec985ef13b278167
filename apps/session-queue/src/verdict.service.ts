import type { CommitData, Reason } from '@ganglion/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { agree, type Agreement } from './agreement.js';
import type { LiveAttempt } from './commit.store.js';
import { DispatchService } from './dispatch.service.js';
import { type Judged, JudgementStore } from './judgement.store.js';
import { laneOf } from './lane.js';
import { NetworkKey } from './network-key.js';
import { NewsService } from './news.service.js';
import { makeReceipt } from './receipt.js';

/** An attempt whose commitment holds, and its data. */
interface Revealed {
  readonly found: LiveAttempt;
  readonly data: CommitData;
}

/** Decides what the answer of a task is, once its miners have shown their data; makes the receipt. */
@Injectable()
export class VerdictService {
  readonly #log = new Logger(VerdictService.name);

  constructor(
    private readonly store: JudgementStore,
    private readonly key: NetworkKey,
    private readonly news: NewsService,
    private readonly dispatch: DispatchService,
  ) {}

  /** Compares the replicas of a task, if all that are left have revealed. Whoever comes second changes nothing. */
  async compare(taskId: string): Promise<void> {
    const attempts = await this.store.bound(taskId);
    const task = attempts[0]?.task;
    if (!task || attempts.some(({ state }) => state === 'PRECOMMITTED')) return;
    const revealed = attempts.map((found) => ({ found, data: found.revealed as CommitData }));
    await this.give(taskId, task, revealed);
  }

  /** Gives the verdict on the answers there are, and ends the task with it. */
  async give(taskId: string, task: LiveAttempt['task'], revealed: readonly Revealed[]): Promise<void> {
    const agreement = agree(
      revealed.map(({ found: { attempt, determinismClass, silent }, data: { choices } }) => {
        return { attempt, determinismClass, isPrimary: !silent, choices };
      }),
      // Called off: the others were sent home, and nobody misses them.
      task.state === 'CANCELLING' ? 1 : task.redundancy,
    );
    const judged = revealed.map((one) => toJudged(one, agreement, task.redundancy));
    const winner = revealed.find(({ found }) => found.attempt === agreement.winner);
    if (!winner) return this.outvote(taskId, task, judged);
    const own = judged.filter(({ found }) => found === winner.found);
    await this.accept(winner, agreement, [...own, ...judged.filter((one) => !own.includes(one))]);
  }

  private async outvote(taskId: string, task: LiveAttempt['task'], judged: Judged[]): Promise<void> {
    const message = 'the answer that was streamed differs from what other miners of its class computed';
    const fate = await this.store.outvote(taskId, judged, { code: 'answer_rejected', message });
    this.#log.warn({ message: 'primary outvoted', taskId });
    if (!fate) return;
    this.news.ended({ taskId, fate });
    this.dispatch.pump(laneOf(task.submitted));
  }

  private async accept(
    { found, data }: Revealed,
    { verdict }: Agreement,
    judged: readonly Judged[],
  ): Promise<void> {
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
        verdict,
        finalisedAt: this.store.now(),
      },
      this.key,
    );
    const { promptTokens, completionTokens } = receipt;
    const choices = data.choices.map(({ choice, tokens, logprobs, finish, head }) => {
      return { choice, text: textOf(tokens), tokens, ...(logprobs ? { logprobs } : {}), finish, head };
    });
    const texts = choices.map(({ text }) => text);
    const result = { verdict, choices, promptTokens, completionTokens };
    const accepted = { result, receipt, verdict, texts, promptTokens, completionTokens };
    const state = await this.store.accept(taskId, accepted, judged);
    if (state === null) return;
    this.news.say(taskId, {
      type: 'finalised',
      taskId,
      state,
      verdict,
      choices: data.choices.map(({ choice, count, head, finish }) => ({ choice, count, head, finish })),
      promptTokens,
      completionTokens,
      receiptId: taskId,
    });
    // A single attempt gave its slot back when it bound itself.
    if (task.redundancy > 1) this.dispatch.pump(laneOf(submitted));
  }
}

const textOf = (tokens: CommitData['choices'][number]['tokens']): string =>
  tokens.map(([, text]) => text).join('');

const toJudged = ({ found, data }: Revealed, agreement: Agreement, asked: number): Judged => {
  const isOutvoted = agreement.outvoted.includes(found.attempt);
  const differs: Reason | undefined = isOutvoted
    ? { code: 'outvoted', message: 'its answer differs from that of the majority of its determinism class' }
    : agreement.differing.includes(found.attempt)
      ? { code: 'undecided', message: 'its answer differs from the task’s, which does not prove it wrong' }
      : undefined;
  const answer = data.choices.map(({ choice, tokens, count, finish, head }) => {
    return { choice, text: textOf(tokens), count, finish, head };
  });
  return {
    found,
    completionTokens: data.choices.reduce((sum, { count }) => sum + count, 0),
    ...(asked > 1 ? { answer } : {}),
    ...(differs ? { differs } : {}),
    isOutvoted,
  };
};
