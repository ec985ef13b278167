import type { Answer } from '@ganglion/sdk';

/** How fast an answer came, as this browser saw it. */
export interface Pace {
  /** From sending the request to the first text, in milliseconds. */
  readonly ttftMs: number | null;
  /** Of the tokens after the first; null until pieces came over some time: many at once tell of the way, not the miner. */
  readonly tokensPerSecond: number | null;
  readonly tokens: number;
}

export interface Turn {
  readonly id: number;
  readonly question: string;
  readonly answer: string;
  readonly pace: Pace;
  readonly taskId: string | null;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly verdict: Answer['verdict'] | null;
  readonly error: unknown;
}

/** What is shorter is the time between two messages. */
const LEAST_SECONDS = 0.02;

export const noPace: Pace = { ttftMs: null, tokensPerSecond: null, tokens: 0 };

export const newTurn = (id: number, question: string): Turn => ({
  id,
  question,
  answer: '',
  pace: noPace,
  taskId: null,
  state: 'running',
  verdict: null,
  error: null,
});

/** Takes the times of pieces; `index` is the number of tokens so far. */
export class Stopwatch {
  #first: { at: number; index: number } | undefined;
  #last: { at: number; index: number } | undefined;

  /** @param sentAt milliseconds, of the same clock as the pieces' times */
  constructor(readonly sentAt: number) {}

  hear(index: number, at: number): void {
    this.#first ??= { at, index };
    this.#last = { at, index };
  }

  read(): Pace {
    if (!this.#first || !this.#last) return noPace;
    const seconds = (this.#last.at - this.#first.at) / 1_000;
    const tokens = this.#last.index - this.#first.index;
    return {
      ttftMs: this.#first.at - this.sentAt,
      tokensPerSecond: seconds >= LEAST_SECONDS && tokens > 0 ? tokens / seconds : null,
      tokens: this.#last.index,
    };
  }
}

/** What the model is sent: what was said so far, but no turn without an answer. */
export const messagesOf = (system: string, turns: readonly Turn[], question: string) => [
  ...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]),
  ...turns
    .filter(({ answer }) => answer !== '')
    .flatMap(({ question: asked, answer }) => [
      { role: 'user' as const, content: asked },
      { role: 'assistant' as const, content: answer },
    ]),
  { role: 'user' as const, content: question },
];
