import type { FinalisedEvent, FinishReason, FrameEvent, TokenLogprob, UsageView } from '@ganglion/contracts';
import type { Shown } from './choice-relay.js';
import { clientLogprobs } from './logprobs.js';
import type { TaskEvent } from './running-task.js';

type Finalised = Extract<TaskEvent, { type: 'finalised' }>['record'];

/** What every part of one completion repeats. */
export interface CompletionFacts {
  readonly taskId: string;
  readonly sessionId: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Log-probabilities were asked for. */
  readonly hasLogprobs: boolean;
}

const receiptPath = (taskId: string): string => `/v1/tasks/${taskId}/receipt`;

const usageOf = ({ promptTokens, completionTokens }: Finalised): UsageView => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

const textOf = ({ tokens }: Pick<Shown, 'tokens'>): string => tokens.map(([, text]) => text).join('');

/** A piece as native streams and the socket tell it. */
export const frameEventOf = (taskId: string, piece: Shown): FrameEvent => ({
  taskId,
  choice: piece.choice,
  index: piece.index,
  text: textOf(piece),
  link: piece.link,
  ...(piece.logprobs ? { logprobs: clientLogprobs(piece.logprobs) } : {}),
});

/** OpenAI's place for the log-probabilities of a choice. */
const logprobsField = (content: readonly TokenLogprob[]) => ({ content, refusal: null });

/** The end of a task as native streams and the socket tell it. */
export const finalisedEventOf = (record: Finalised): FinalisedEvent => ({
  taskId: record.taskId,
  state: record.state,
  verdict: record.verdict,
  choices: record.choices,
  usage: usageOf(record),
  receipt: record.receiptId === null ? null : receiptPath(record.receiptId),
});

const references = ({ taskId, sessionId }: CompletionFacts, record: Finalised) => ({
  taskId,
  sessionId,
  verdict: record.verdict,
  receipt: record.receiptId === null ? null : receiptPath(record.receiptId),
});

/** One choice of an answer, as far as it was said. */
export interface Said {
  readonly text: string;
  /** Undefined where they were not asked for. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/** What was said before, and a further piece. */
export const further = (said: Said | undefined, piece: Shown): Said => ({
  text: (said?.text ?? '') + textOf(piece),
  logprobs: piece.logprobs && [...(said?.logprobs ?? []), ...clientLogprobs(piece.logprobs)],
});

/** An OpenAI `chat.completion`, from the validated result. */
export const completionOf = (facts: CompletionFacts, said: readonly Said[], record: Finalised) => ({
  id: `chatcmpl-${facts.taskId}`,
  object: 'chat.completion' as const,
  created: facts.created,
  model: facts.model,
  choices: record.choices.map(({ choice, finish }) => ({
    index: choice,
    message: { role: 'assistant' as const, content: said[choice]?.text ?? '', refusal: null },
    logprobs: facts.hasLogprobs ? logprobsField(said[choice]?.logprobs ?? []) : null,
    finish_reason: finish,
  })),
  usage: usageOf(record),
  ganglion: references(facts, record),
});

export interface ChunkChoice {
  readonly index: number;
  readonly delta: { readonly role?: 'assistant'; readonly content?: string };
  /** Only where they were asked for. */
  readonly logprobs?: ReturnType<typeof logprobsField> | null;
  readonly finish_reason: FinishReason | null;
}

/** OpenAI `chat.completion.chunk`s of one completion, in the order they are sent. */
export class CompletionChunks {
  readonly #facts: CompletionFacts;
  readonly #hasUsage: boolean;
  readonly #begun = new Set<number>();

  constructor(facts: CompletionFacts, options: { includeUsage: boolean }) {
    this.#facts = facts;
    this.#hasUsage = options.includeUsage;
  }

  /** The first chunk of a choice carries the role; a piece that has nothing to show yet gives no chunk. */
  shown(piece: Shown) {
    const content = textOf(piece);
    const logprobs = clientLogprobs(piece.logprobs ?? []);
    if (content === '' && logprobs.length === 0) return [];
    const delta = this.delta(piece.choice, content, null);
    return [this.chunk([this.#facts.hasLogprobs ? { ...delta, logprobs: logprobsField(logprobs) } : delta])];
  }

  /** A finish per choice, then (if asked for) the usage; the last carries the receipt. */
  finalised(record: Finalised) {
    const ganglion = references(this.#facts, record);
    const finishes = record.choices.map(({ choice, finish }) => this.delta(choice, undefined, finish));
    const chunks = finishes.map((choice) => this.chunk([choice]));
    if (this.#hasUsage) chunks.push({ ...this.chunk([]), usage: usageOf(record) });
    return chunks.map((chunk, at) => (at === chunks.length - 1 ? { ...chunk, ganglion } : chunk));
  }

  private delta(index: number, content: string | undefined, finish: FinishReason | null): ChunkChoice {
    const isFirst = !this.#begun.has(index);
    this.#begun.add(index);
    const delta = {
      ...(isFirst ? { role: 'assistant' as const } : {}),
      ...(content === undefined ? (isFirst ? { content: '' } : {}) : { content }),
    };
    return { index, delta, ...(this.#facts.hasLogprobs ? { logprobs: null } : {}), finish_reason: finish };
  }

  private chunk(choices: ChunkChoice[]) {
    return {
      id: `chatcmpl-${this.#facts.taskId}`,
      object: 'chat.completion.chunk' as const,
      created: this.#facts.created,
      model: this.#facts.model,
      choices,
      ...(this.#hasUsage ? { usage: null as UsageView | null } : {}),
    };
  }
}
