import {
  type AnswerVerdict,
  answerVerdict,
  finishReason,
  type TokenLogprob,
  tokenLogprob,
  usageView,
  type UsageView,
} from '@ganglion/contracts';
import { z } from 'zod';

const references = z.object({
  taskId: z.uuid(),
  sessionId: z.string().optional(),
  verdict: answerVerdict.optional(),
  receipt: z.string().nullable().optional(),
});

const logprobs = z.object({ content: z.array(tokenLogprob).nullable() }).nullish();

/** `chat.completion`, as far as the SDK reads it. */
export const completionSchema = z.object({
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({ content: z.string().nullable() }),
      logprobs,
      finish_reason: finishReason,
    }),
  ),
  usage: usageView,
  ganglion: references,
});

/** `chat.completion.chunk`, or an error inside a stream. */
export const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.int(),
        delta: z.object({ content: z.string().nullish() }),
        logprobs,
        finish_reason: finishReason.nullish(),
      }),
    )
    .default([]),
  usage: usageView.nullish(),
  ganglion: references.optional(),
});

export interface AnswerChoice {
  readonly index: number;
  readonly text: string;
  readonly finish: string;
  /** Of each token that is text, where `logprobs` was asked for. */
  readonly logprobs?: readonly TokenLogprob[];
}

export interface Answer {
  readonly taskId: string;
  /** The text of the first choice. */
  readonly text: string;
  readonly choices: readonly AnswerChoice[];
  readonly usage: UsageView;
  /** `undecided`: replicas that were asked for differ, or none is there to confirm the answer; also when the router says nothing. */
  readonly verdict: AnswerVerdict;
  /** Path of the receipt, for `tasks.receipt`; null when nothing was committed. */
  readonly receipt: string | null;
}

export const toAnswer = ({ choices, usage, ganglion }: z.infer<typeof completionSchema>): Answer => {
  const texts = choices.map(({ index, message, logprobs: said, finish_reason: finish }) => ({
    index,
    text: message.content ?? '',
    finish,
    ...(said?.content ? { logprobs: said.content } : {}),
  }));
  return {
    taskId: ganglion.taskId,
    text: texts[0]?.text ?? '',
    choices: texts,
    usage,
    verdict: ganglion.verdict ?? 'undecided',
    receipt: ganglion.receipt ?? null,
  };
};
