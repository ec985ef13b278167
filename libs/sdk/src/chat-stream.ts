import { errorBody, type TokenLogprob } from '@ganglion/contracts';
import type { z } from 'zod';
import { type Answer, chunkSchema } from './completion.js';
import { GanglionError } from './ganglion-error.js';
import { namesOf, toConnectionError } from './http.js';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.js';

/** Text as it comes: `index` is the absolute index (from 1) of the choice's last token so far. */
export interface Piece {
  readonly choice: number;
  readonly text: string;
  readonly index: number;
  /** Of its tokens that are text, where `logprobs` was asked for; they may come before the text they release. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

type Chunk = z.infer<typeof chunkSchema>;

/**
 * One streamed answer: iterate it once for its pieces; `final` has the whole with its receipt when it ended well.
 * Leaving the loop early closes the connection, which cancels the task.
 */
export class ChatStream implements AsyncIterable<Piece> {
  readonly taskId: string;
  /** Settles when the iteration ends: rejects with what ended it, or when it was left early. */
  readonly final: Promise<Answer>;
  readonly #response: Response;
  readonly #signal: AbortSignal | undefined;
  readonly #texts = new Map<number, string>();
  readonly #logprobs = new Map<number, TokenLogprob[]>();
  readonly #finishes = new Map<number, string>();
  #settle!: { resolve: (answer: Answer) => void; reject: (error: unknown) => void };
  #last: Chunk | undefined;

  constructor(response: Response, signal?: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
    this.taskId = response.headers.get('x-ganglion-task') ?? '';
    this.final = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever only iterates hears the error there; this one must not count as unhandled.
    this.final.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Piece, void, void> {
    let isDone = false;
    try {
      for await (const event of this.events()) {
        if (event.data === '[DONE]') {
          isDone = true;
          break;
        }
        yield* this.take(event);
      }
      if (!isDone) throw cut(this.#response);
      this.#settle.resolve(this.answer());
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    } finally {
      // No effect if it was settled: the loop was left before the end.
      this.#settle.reject(new GanglionError('the stream was left early', { status: 0, code: 'stream_left' }));
    }
  }

  private async *events(): AsyncGenerator<ServerSentEvent, void, void> {
    const { body } = this.#response;
    if (!body) throw cut(this.#response);
    try {
      yield* readServerSentEvents(body);
    } catch (error) {
      throw toConnectionError(error, this.#response.url, this.#signal);
    }
  }

  private *take({ event, id, data }: ServerSentEvent): Generator<Piece, void, void> {
    const value: unknown = parse(data);
    if (event === 'error' || errorBody.safeParse(value).success)
      throw GanglionError.fromBody(value, { status: 0, ...namesOf(this.#response) });
    const parsed = chunkSchema.safeParse(value);
    if (!parsed.success) return;
    const chunk = parsed.data;
    if (chunk.ganglion) this.#last = chunk;
    for (const { index: choice, delta, logprobs, finish_reason: finish } of chunk.choices) {
      if (finish) this.#finishes.set(choice, finish);
      const text = delta.content ?? '';
      const said = logprobs?.content ?? undefined;
      if (said) this.#logprobs.set(choice, [...(this.#logprobs.get(choice) ?? []), ...said]);
      if (text === '' && !said?.length) continue;
      this.#texts.set(choice, (this.#texts.get(choice) ?? '') + text);
      const piece = { choice, text, index: Number(id.split('.')[1] ?? 0) };
      yield said ? { ...piece, logprobs: said } : piece;
    }
  }

  private answer(): Answer {
    const { usage, ganglion } = this.#last ?? {};
    const choices = [...this.#finishes]
      .sort(([a], [b]) => a - b)
      .map(([index, finish]) => {
        const logprobs = this.#logprobs.get(index);
        return { index, text: this.#texts.get(index) ?? '', finish, ...(logprobs ? { logprobs } : {}) };
      });
    return {
      taskId: ganglion?.taskId ?? this.taskId,
      text: choices[0]?.text ?? '',
      choices,
      usage: usage ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      verdict: ganglion?.verdict ?? 'undecided',
      receipt: ganglion?.receipt ?? null,
    };
  }
}

const parse = (data: string): unknown => {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
};

const cut = (response: Response): GanglionError =>
  new GanglionError('the stream ended before the answer did: read the task, or ask again', {
    status: 0,
    code: 'stream_cut',
    ...namesOf(response),
  });
