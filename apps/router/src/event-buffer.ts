import type { PositionLogprobs, Token } from '@ganglion/contracts';
import { weightOf } from './logprobs.js';
import type { RelayEvent } from './relay.js';

/** A client that leaves this many characters unread is too slow for its answer. */
const MAX_UNREAD_CHARACTERS = 1_000_000;

type ShownEvent = Extract<RelayEvent, { type: 'shown' }>;
/** A piece that may still grow. */
type Unread =
  Exclude<RelayEvent, ShownEvent> | (ShownEvent & { tokens: Token[]; logprobs?: PositionLogprobs[] });

/**
 * Events on their way to one client. Token pieces that were not yet read are joined per choice, so a slow client
 * costs at most the text of its own answer, and gets fewer, larger pieces.
 */
export class EventBuffer {
  #events: Unread[] = [];
  #characters = 0;
  #wake: (() => void) | undefined;
  #isClosed = false;

  /** False when the reader is too far behind: the event was not taken. */
  push(event: RelayEvent): boolean {
    if (event.type === 'shown') {
      if (this.#characters > MAX_UNREAD_CHARACTERS) return false;
      this.#characters += weigh(event);
      if (!this.join(event)) this.#events.push(growing(event));
    } else {
      if (event.type === 'position' && this.#events.at(-1)?.type === 'position') this.#events.pop();
      this.#events.push(event);
    }
    this.wake();
    return true;
  }

  /** No more events come; those still unread are read first. */
  close(): void {
    this.#isClosed = true;
    this.wake();
  }

  /** The next event, when there is one; undefined after `close`. */
  async next(): Promise<RelayEvent | undefined> {
    while (this.#events.length === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const event = this.#events.shift();
    if (event?.type === 'shown') this.#characters -= weigh(event);
    return event;
  }

  private wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Joins a piece with the unread one it continues, unless something else was said in between. */
  private join(event: ShownEvent): boolean {
    for (let at = this.#events.length - 1; at >= 0; at -= 1) {
      const unread = this.#events[at];
      if (unread?.type !== 'shown') return false;
      if (unread.choice !== event.choice) continue;
      for (const token of event.tokens) unread.tokens.push(token);
      for (const position of event.logprobs ?? []) unread.logprobs?.push(position);
      this.#events[at] = { ...unread, index: event.index, link: event.link };
      return true;
    }
    return false;
  }
}

const growing = ({ logprobs, ...event }: ShownEvent) => ({
  ...event,
  tokens: [...event.tokens],
  ...(logprobs ? { logprobs: [...logprobs] } : {}),
});

const weigh = ({ tokens, logprobs }: ShownEvent): number =>
  tokens.reduce((sum, [, text]) => sum + 8 + text.length, 0) + weightOf(logprobs);
