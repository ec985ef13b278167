import { Chain } from '@ganglion/commitment';
import type { Frame, PositionLogprobs, Token } from '@ganglion/contracts';

/** Tokens that may be shown now: `index` is the absolute index of the last, `link` the chain's link after it. */
export interface Shown {
  readonly choice: number;
  readonly index: number;
  readonly tokens: readonly Token[];
  /** Of each of the tokens, where they were asked for. */
  readonly logprobs?: readonly PositionLogprobs[];
  readonly link: string;
}

/** Tokens, and their log-probabilities where there are any. */
interface Said {
  readonly tokens: readonly Token[];
  readonly logprobs?: readonly PositionLogprobs[] | undefined;
}

/** Frames that came before the one they follow: with more than this, something is lost and the result will fill it. */
const MAX_AHEAD = 256;

/**
 * One choice of an answer on its way to a client. Only a frame whose tokens lead from the followed head to the
 * frame's own link passes; repeated, foreign and forged ones do not, and one that came too early waits.
 */
export class ChoiceRelay {
  readonly #choice: number;
  readonly #hasLogprobs: boolean;
  readonly #shown: Token[] = [];
  #ahead = new Map<number, Frame>();
  #chain: Chain | undefined;
  #isOpen = false;

  /** Frames that were not what they claimed to be. */
  forged = 0;
  /** A later attempt says something else than what was already shown. */
  isDiverged = false;

  /** `hasLogprobs`: they were asked for, and a frame without them does not pass. */
  constructor(choice: number, { hasLogprobs = false }: { hasLogprobs?: boolean } = {}) {
    this.#choice = choice;
    this.#hasLogprobs = hasLogprobs;
  }

  get count(): number {
    return this.#shown.length;
  }

  /** The link after the last shown token; undefined if no chain was followed up to it. */
  get head(): string | undefined {
    return this.#chain?.count === this.#shown.length ? this.#chain.head : undefined;
  }

  /** From now on the tokens from index `from` on, after the link `head`, are to be followed. */
  grant(from: number, head: string): void {
    this.#ahead = new Map();
    this.#isOpen = true;
    // Tokens between the last shown and `from` were lost on their way here: only the validated result has them.
    this.#chain = from - 1 > this.#shown.length ? undefined : Chain.follow(head, from - 1);
  }

  /** Nothing of this attempt passes any more; what was shown, and its head, stay. */
  fence(): void {
    this.#isOpen = false;
    this.#ahead = new Map();
  }

  /** Hears a frame of the granted attempt; gives what may be shown because of it. */
  hear(frame: Frame): Shown[] {
    const shown: Shown[] = [];
    for (let next: Frame | undefined = frame; next; next = this.takeAhead()) {
      const piece = this.follow(next);
      if (piece) shown.push(piece);
    }
    return shown;
  }

  /** Is what was shown the beginning of `tokens`? */
  isPrefixOf(tokens: readonly Token[]): boolean {
    return this.#shown.length <= tokens.length && this.#shown.every((token, at) => isSame(token, tokens[at]));
  }

  /** The rest of the validated answer, as one piece; undefined if all of it was shown. */
  complete({ tokens, logprobs }: Said, head: string): Shown | undefined {
    const rest = tokens.slice(this.#shown.length);
    if (rest.length === 0) return undefined;
    const restLogprobs = logprobs?.slice(this.#shown.length);
    for (const token of rest) this.#shown.push(token);
    return this.piece({ tokens: rest, logprobs: restLogprobs }, head);
  }

  private follow(frame: Frame): Shown | undefined {
    const chain = this.#chain;
    if (!chain || !this.#isOpen || this.isDiverged) return undefined;
    if (frame.from > chain.count + 1) {
      if (this.#ahead.size < MAX_AHEAD) this.#ahead.set(frame.from, frame);
      return undefined;
    }
    const skipped = chain.count + 1 - frame.from;
    const tokens = frame.tokens.slice(skipped);
    if (tokens.length === 0) return undefined;
    const next = Chain.follow(chain.head, chain.count);
    const isWhole = !this.#hasLogprobs || frame.logprobs?.length === frame.tokens.length;
    if (linkAfter(next, tokens) !== frame.link || !isWhole) {
      this.forged += 1;
      return undefined;
    }
    return this.accept({ tokens, logprobs: frame.logprobs?.slice(skipped) }, next);
  }

  /** Tokens of a later attempt may repeat what was shown (and must then be equal); what goes beyond is new. */
  private accept({ tokens, logprobs }: Said, next: Chain): Shown | undefined {
    const start = next.count - tokens.length;
    const fresh = tokens.slice(Math.max(0, this.#shown.length - start));
    const repeated = tokens.slice(0, tokens.length - fresh.length);
    if (!repeated.every((token, at) => isSame(token, this.#shown[start + at]))) {
      this.isDiverged = true;
      return undefined;
    }
    this.#chain = next;
    for (const token of fresh) this.#shown.push(token);
    if (fresh.length === 0) return undefined;
    return this.piece({ tokens: fresh, logprobs: logprobs?.slice(repeated.length) }, next.head);
  }

  private piece({ tokens, logprobs }: Said, link: string): Shown {
    const piece = { choice: this.#choice, index: this.#shown.length, tokens, link };
    return this.#hasLogprobs && logprobs ? { ...piece, logprobs } : piece;
  }

  /** The waiting frame that now follows; those that were overtaken are forgotten. */
  private takeAhead(): Frame | undefined {
    const reached = (this.#chain?.count ?? 0) + 1;
    for (const [from, frame] of this.#ahead) {
      if (from > reached) continue;
      this.#ahead.delete(from);
      return frame;
    }
    return undefined;
  }
}

const isSame = (a: Token, b: Token | undefined): boolean => b !== undefined && a[0] === b[0] && a[1] === b[1];

/** The link after the tokens; a token no chain can hold gives none. */
const linkAfter = (chain: Chain, tokens: readonly Token[]): string | undefined => {
  try {
    return chain.appendAll(tokens);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};
