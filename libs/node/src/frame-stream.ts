import { finishCode, type Sign, signFrame } from '@ganglion/commitment';
import type { FinishReason, Frame, PositionLogprobs, Token } from '@ganglion/contracts';
import type { GeneratedToken } from './engine.js';

/** Tokens after the first leave together, this often at most. */
const BATCH_MS = 10;
/** A frame is a message of at most 1 MB; with all log-probabilities a token takes some 1,500 bytes at worst. */
const MOST_TOKENS = 256;
/** A frame leaves signed when the last signature is this old: with a batch and a step on top, still within 250 ms. */
const SIGN_MS = 200;

export interface FrameStreamOptions {
  readonly attempt: number;
  readonly choice: number;
  /** Tokens of earlier attempts, which are not streamed again. */
  readonly after: number;
  readonly sign: Sign;
  readonly publish: (frame: Frame) => void;
}

/** What of a token a client sees. */
type Streamed = Pick<GeneratedToken, 'id' | 'text' | 'logprobs'>;

/** Streams one choice: the first token at once, later ones in batches, signed now and then and at the end. */
export class FrameStream {
  readonly #options: FrameStreamOptions;
  #tokens: Token[] = [];
  #logprobs: PositionLogprobs[] = [];
  #link: string | undefined;
  #next: number;
  #isFirst = true;
  #signedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(options: FrameStreamOptions) {
    this.#options = options;
    this.#next = options.after + 1;
  }

  /** Adds a token and the link it makes; with a finish it is the last, and leaves in the same frame. */
  push({ id, text, logprobs }: Streamed, link: string, finish?: FinishReason): void {
    this.#tokens.push([id, text]);
    if (logprobs) this.#logprobs.push(logprobs);
    this.#link = link;
    if (finish) this.end(finish, link);
    else if (this.#isFirst || this.#tokens.length >= MOST_TOKENS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
    this.#isFirst = false;
  }

  /** The choice is over: what waits leaves, signed with the finish, be it without a token. Only the first call counts. */
  end(finish: FinishReason, link: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#link = link;
    this.send(finish);
  }

  /** What waits leaves now. */
  flush(): void {
    if (this.#tokens.length > 0) this.send();
  }

  private send(finish?: FinishReason): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { attempt, choice, sign, publish } = this.#options;
    const tokens = this.#tokens;
    const logprobs = this.#logprobs;
    const from = this.#next;
    const link = this.#link!;
    this.#tokens = [];
    this.#logprobs = [];
    this.#next += tokens.length;
    publish({
      attempt,
      choice,
      from,
      tokens,
      ...(logprobs.length === 0 ? {} : { logprobs }),
      link,
      ...(finish === undefined ? {} : { finish }),
      ...this.signature(sign, link, finish),
    });
  }

  private signature(sign: Sign, link: string, finish?: FinishReason): { signature?: string } {
    const now = performance.now();
    if (finish === undefined && now - this.#signedAt < SIGN_MS) return {};
    this.#signedAt = now;
    return { signature: signFrame(sign, link, finish === undefined ? undefined : finishCode[finish]) };
  }
}
