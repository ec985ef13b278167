import { type Chain, finishCode } from '@ganglion/commitment';
import type { CommitData, FinishReason, PositionLogprobs, Token } from '@ganglion/contracts';
import { type Attempt, startChain } from './attempt.js';
import type { GeneratedToken } from './engine.js';

type CommittedChoice = CommitData['choices'][number];

/** One choice as far as it is made: its chain, and the tokens, evidence and log-probabilities of this attempt. */
export class ChoiceAnswer {
  readonly choice: number;
  readonly #chain: Chain;
  readonly #tokens: Token[] = [];
  readonly #evidence: CommittedChoice['evidence'] = [];
  /** Undefined when they were not asked for. */
  readonly #logprobs: PositionLogprobs[] | undefined;
  #finish: FinishReason | undefined;

  constructor(attempt: Attempt, choice: number) {
    this.choice = choice;
    this.#chain = startChain(attempt, choice);
    this.#logprobs = attempt.job.request.logprobs === undefined ? undefined : [];
  }

  get head(): string {
    return this.#chain.head;
  }

  /** Tokens this attempt made itself. */
  get made(): number {
    return this.#tokens.length;
  }

  get finish(): FinishReason | undefined {
    return this.#finish;
  }

  /** Takes a token in and returns the new link. Throws RangeError when no chain can hold it. */
  add({ id, text, evidence, logprobs }: GeneratedToken): string {
    const link = this.#chain.append(id, text);
    this.#tokens.push([id, text]);
    this.#evidence.push([evidence.top1Id, evidence.top1, evidence.top2Id, evidence.top2]);
    if (logprobs) this.#logprobs?.push(logprobs);
    return link;
  }

  /** The first reason stands: a cancel that comes after the last token changes nothing. */
  end(finish: FinishReason): void {
    this.#finish ??= finish;
  }

  /** As the commit carries it: `count` is absolute, the lists are of the tokens that this attempt made. */
  committed(): CommittedChoice {
    return {
      choice: this.choice,
      head: this.#chain.head,
      count: this.#chain.count,
      finish: this.#finish ?? 'cancelled',
      tokens: this.#tokens,
      evidence: this.#evidence,
      ...(this.#logprobs ? { logprobs: this.#logprobs } : {}),
    };
  }
}

/** The parts of a committed choice that the precommit hashes. */
export const hashedPart = ({ head, count, finish }: CommittedChoice) => ({
  head,
  count,
  finish: finishCode[finish],
});
