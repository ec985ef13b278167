import { Chain, type ChainContext } from '@ganglion/commitment';
import type { ControlRecord, Frame, Token } from '@ganglion/contracts';
import type { TaskResult } from './relay.js';

export const TASK_ID = '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77';
const MODEL_DIGEST = 'ab'.repeat(32);

/** Real NKEYs: a chain's context holds the key itself. */
export const NODE = 'UBTUN4FOKSVGZH3DMEUEE5TU7S7M5KNBKAYONLUUTWLFMAXGX5MGIASW';
export const OTHER_NODE = 'UDEWK7AN2NYEMY64FA2P34SUODUFKL7SZDGSLOBJFESL7K6UNMOZ5MLF';

export const words = (text: string): Token[] =>
  text.split(/(?<= )/).map((word, at): Token => [at + 100, word]);

/** One miner's try at one choice: its frames, and what the queue says of it. */
export class Attempt {
  readonly #chain: Chain;
  readonly startHead: string;
  readonly from: number;

  constructor(
    readonly facts: { attempt: number; nodeId: string; choice?: number },
    resume?: { count: number; head: string },
  ) {
    const context: ChainContext = {
      taskId: TASK_ID,
      attempt: facts.attempt,
      choice: facts.choice ?? 0,
      nodeId: facts.nodeId,
      modelDigest: MODEL_DIGEST,
      requestDigest: 'cd'.repeat(32),
    };
    this.#chain = new Chain(context, resume);
    this.startHead = this.#chain.head;
    this.from = (resume?.count ?? 0) + 1;
  }

  get head(): string {
    return this.#chain.head;
  }

  get count(): number {
    return this.#chain.count;
  }

  /** The next frame, with these tokens. */
  frame(tokens: Token[]): Frame {
    const from = this.#chain.count + 1;
    for (const [id, text] of tokens) this.#chain.append(id, text);
    return {
      attempt: this.facts.attempt,
      choice: this.facts.choice ?? 0,
      from,
      tokens,
      link: this.#chain.head,
    };
  }

  /** A frame for each token. */
  frames(tokens: Token[]): Frame[] {
    return tokens.map((token) => this.frame([token]));
  }

  granted(): ControlRecord {
    const { attempt, nodeId, choice = 0 } = this.facts;
    return { type: 'granted', attempt, nodeId, choices: [{ choice, from: this.from, head: this.startHead }] };
  }

  fenced(): ControlRecord {
    const { attempt, nodeId } = this.facts;
    return { type: 'fenced', attempt, nodeId, reason: { code: 'miner_lost', message: 'lost' } };
  }

  finalised(state: 'FINALISED' | 'CANCELLED' = 'FINALISED'): ControlRecord {
    const { choice = 0 } = this.facts;
    return {
      type: 'finalised',
      taskId: TASK_ID,
      state,
      verdict: 'accepted',
      choices: [{ choice, count: this.count, head: this.head, finish: 'stop' }],
      promptTokens: 3,
      completionTokens: this.count,
      receiptId: TASK_ID,
    };
  }

  result(tokens: Token[]): TaskResult {
    const { choice = 0 } = this.facts;
    const text = tokens.map(([, piece]) => piece).join('');
    return {
      verdict: 'accepted',
      choices: [{ choice, text, tokens, finish: 'stop', head: this.head }],
      promptTokens: 3,
      completionTokens: tokens.length,
    };
  }
}
