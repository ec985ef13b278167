import { z } from 'zod';
import { answerVerdict, finishReason } from './inference.js';
import { count, hash, isText, modelId, notText, reason, taskId, uuid } from './value.js';

/** What a client sends and hears: REST bodies, server-sent events and the socket. Shared by router and SDK. */

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });

const partsOf = (content: string | readonly { text: string }[]): string[] =>
  typeof content === 'string' ? [content] : content.map((part) => part.text);

export const clientMessage = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant'], {
    error: 'must be system, developer, user or assistant',
  }),
  content: z
    .union([z.string(), z.array(textPart).min(1)], {
      error:
        'must be a string or a list of {"type":"text","text":"…"} parts; other parts are not supported yet',
    })
    .refine((content) => partsOf(content).every(isText), notText),
});
export type ClientMessage = z.infer<typeof clientMessage>;

const isTokenId = (key: string): boolean => /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32;

/** The one key that holds what OpenAI's interface has no word for. */
export const ganglionParameters = z.strictObject({
  /** An explicit session; without it the model's shared session. */
  sessionId: uuid.nullish(),
  /** How many miners answer independently; null leaves it to the session. */
  redundancy: z.int().min(1).max(5).nullish(),
  /** `before`: no text is sent until the answer is committed and validated. */
  verify: z.enum(['after', 'before']).nullish(),
});

/** As OpenAI has it. `strict` changes nothing: an answer is always held to its schema. */
const askedFormat = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }),
    z.strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({
        name: z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
        description: z.string().max(4_096).nullish(),
        schema: z.record(z.string(), z.unknown()),
        strict: z.boolean().nullish(),
      }),
    }),
  ],
  { error: 'must be an object of the type text, json_object or json_schema' },
);

/** The body of `POST /v1/chat/completions`, and of `task.submit` on the socket. */
export const completionParameters = z.strictObject({
  model: modelId,
  messages: z.array(clientMessage).min(1).max(1_000),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  /** 0 = off. */
  top_k: z.int().min(0).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  /** Token id, as JSON's keys are text, to what is added to its logit: -100 bans a token, 100 forces it. */
  logit_bias: z
    .record(z.string(), z.number().min(-100).max(100))
    .refine((bias) => Object.keys(bias).every(isTokenId), 'must have token ids as keys: integers in decimal')
    .refine((bias) => Object.keys(bias).length <= 1_024, 'must have at most 1024 entries')
    .nullish(),
  /** Asks for the log-probability of each token, and `top_logprobs` for those of the most likely ones. */
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  repetition_penalty: z.number().gt(0).max(10).nullish(),
  seed: z.int().min(0).nullish(),
  max_tokens: z.int().min(1).max(1_000_000).nullish(),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  stop: z
    .union([z.string().min(1).max(256), z.array(z.string().min(1).max(256)).max(4)], {
      error: 'must be a string or a list of at most 4 strings, each of 1 to 256 characters',
    })
    .refine((stop) => [stop].flat().every(isText), notText)
    .nullish(),
  response_format: askedFormat.nullish(),
  n: z.int().min(1).max(8).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish() }).nullish(),
  user: z.string().max(512).nullish(),
  ganglion: ganglionParameters.nullish(),
});
export type CompletionParameters = z.infer<typeof completionParameters>;

/** The body of `POST /v1/sessions/:id/tasks`: the session is in the path, and has the model. */
export const taskParameters = completionParameters.extend({ model: modelId.optional() });
export type TaskParameters = z.infer<typeof taskParameters>;

/** Every error, on every way in, in OpenAI's shape. */
export const errorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;

export const usageView = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
});
export type UsageView = z.infer<typeof usageView>;

/** OpenAI's: of a token that is not text `token` is its name and `bytes` null. */
const likelyToken = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int().min(0).max(255)).nullable(),
});
export const tokenLogprob = likelyToken.extend({ top_logprobs: z.array(likelyToken) });
export type TokenLogprob = z.infer<typeof tokenLogprob>;

/** A piece of one choice: `index` is the absolute index (from 1) of its last token, `link` the chain's link after it. */
export const frameEvent = z.object({
  taskId,
  choice: count,
  index: count,
  text: z.string(),
  link: hash,
  /** Where they were asked for. */
  logprobs: z.array(tokenLogprob).optional(),
});
export const positionEvent = z.object({ taskId, position: count, etaMs: z.number().nullable() });
export const finalisedEvent = z.object({
  taskId,
  state: z.enum(['FINALISED', 'CANCELLED']),
  verdict: answerVerdict,
  choices: z.array(z.object({ choice: count, count, head: hash, finish: finishReason })),
  usage: usageView,
  /** Path of the receipt; null when there is none (nothing was accepted before a cancel). */
  receipt: z.string().nullable(),
});
export const failedEvent = z.object({
  taskId,
  state: z.enum(['FAILED', 'EXPIRED', 'CANCELLED']),
  reason,
  error: errorBody.shape.error,
});
export type FrameEvent = z.infer<typeof frameEvent>;
export type PositionEvent = z.infer<typeof positionEvent>;
export type FinalisedEvent = z.infer<typeof finalisedEvent>;
export type FailedEvent = z.infer<typeof failedEvent>;

/** The socket.io namespace of clients; `auth.apiKey` of the handshake authenticates. */
export const clientNamespace = '/client';

/** Events on the socket, and the `event:` names of a native stream. */
export const clientEvents = {
  /** Client → router, acknowledged with `submitted` or `errorBody`. */
  submit: 'task.submit',
  /** Client → router, acknowledged with `{taskId, state}` or `errorBody`. */
  cancel: 'task.cancel',
  position: 'task.position',
  frame: 'task.frame',
  finalised: 'task.finalised',
  failed: 'task.failed',
  /** Router → client: `errorBody`, for an event that asked for no acknowledgement. */
  error: 'error',
} as const;

export const submitted = z.object({ taskId, sessionId: uuid, position: count });
export const cancelParameters = z.strictObject({ taskId });
