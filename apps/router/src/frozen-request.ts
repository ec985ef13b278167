import {
  type ClientMessage,
  type CompletionParameters,
  Fault,
  type FrozenRequest,
  type ModelView,
  type TaskParameters,
} from '@ganglion/contracts';
import { formatOf } from './response-format.js';

/** Where a request's chance comes from. */
export interface Draw {
  /** Uniform in 0 … 2⁵³−1. */
  seed(): number;
  /** 32 random bytes in lowercase hex. */
  salt(): string;
}

/** A frozen request travels in one broker message (1 MB), in an envelope and as escaped JSON. */
const MAX_REQUEST_BYTES = 800_000;

/**
 * The log-probabilities of an answer travel in one broker message too, each with its token's id and name: some 30 bytes,
 * and for one without alternatives its token besides.
 */
const MAX_LOGPROBS = 12_000;

/**
 * The request with nothing left open: the model's defaults where the client said nothing, a drawn seed, a salt.
 * Its RFC 8785 JSON is what every attempt and the receipt refer to.
 * @throws Fault INVALID for a contradiction, a schema that cannot be followed or more tokens than the model's context, TOO_LARGE for too much text.
 */
export const freezeRequest = (
  parameters: CompletionParameters | TaskParameters,
  model: ModelView,
  draw: Draw,
): FrozenRequest => {
  const { defaults } = model;
  const choices = parameters.n ?? 1;
  const logprobs = logprobsOf(parameters);
  const mostTokens =
    logprobs === undefined ? Infinity : Math.floor(MAX_LOGPROBS / (choices * (1 + logprobs)));
  const request: FrozenRequest = {
    model: model.id,
    modelDigest: model.digest,
    prompt: { messages: parameters.messages.map(toMessage) },
    choices,
    sampling: {
      temperature: parameters.temperature ?? defaults.temperature,
      topP: parameters.top_p ?? defaults.topP,
      topK: parameters.top_k ?? defaults.topK,
      minP: parameters.min_p ?? 0,
      presencePenalty: parameters.presence_penalty ?? 0,
      frequencyPenalty: parameters.frequency_penalty ?? 0,
      repetitionPenalty: parameters.repetition_penalty ?? 1,
      seed: parameters.seed ?? draw.seed(),
      maxTokens: maxTokensOf(parameters, model, mostTokens),
      stop: stopsOf(parameters.stop),
      ...biasOf(parameters.logit_bias),
      ...formatOf(parameters.response_format),
    },
    ...(logprobs === undefined ? {} : { logprobs }),
    salt: draw.salt(),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(request)).length;
  if (bytes > MAX_REQUEST_BYTES)
    throw new Fault(
      'TOO_LARGE',
      `the messages make a request of ${bytes} bytes; ${MAX_REQUEST_BYTES} is the most: send less text`,
      { field: 'messages' },
    );
  return request;
};

const toMessage = ({ role, content }: ClientMessage) => ({
  role: role === 'developer' ? ('system' as const) : role,
  content: typeof content === 'string' ? content : content.map(({ text }) => text).join('\n'),
});

const maxTokensOf = (
  {
    max_tokens: older,
    max_completion_tokens: newer,
  }: Pick<CompletionParameters, 'max_tokens' | 'max_completion_tokens'>,
  { id, contextLength, defaults }: ModelView,
  mostTokens: number,
): number => {
  if (older != null && newer != null && older !== newer)
    throw new Fault('INVALID', 'max_tokens and max_completion_tokens differ: send one of them', {
      field: 'max_tokens',
    });
  const asked = newer ?? older;
  if (asked == null) return Math.min(defaults.maxTokens, contextLength, mostTokens);
  const field = newer == null ? 'max_tokens' : 'max_completion_tokens';
  if (asked > contextLength)
    throw new Fault(
      'INVALID',
      `${field} is ${asked}, but ${id} has a context of ${contextLength} tokens: ask for fewer`,
      { field, reason: 'context_length_exceeded' },
    );
  if (asked > mostTokens)
    throw new Fault(
      'INVALID',
      `${field} is ${asked}, but an answer holds at most ${MAX_LOGPROBS} log-probabilities, counted as n × ${field} × (1 + top_logprobs): ask for at most ${mostTokens} tokens, or fewer top_logprobs`,
      { field },
    );
  return asked;
};

/** How many likely tokens are asked for beside each chosen one; undefined when no log-probabilities are. */
const logprobsOf = ({
  logprobs,
  top_logprobs: top,
}: Pick<CompletionParameters, 'logprobs' | 'top_logprobs'>): number | undefined => {
  if (logprobs === true) return top ?? 0;
  if (top == null || top === 0) return undefined;
  throw new Fault('INVALID', 'top_logprobs needs log-probabilities: send "logprobs": true with it', {
    field: 'top_logprobs',
  });
};

const stopsOf = (stop: CompletionParameters['stop']): string[] => {
  if (stop == null) return [];
  return typeof stop === 'string' ? [stop] : [...new Set(stop)];
};

/** By rising id, without what adds nothing: the same bias is written in one way. */
const biasOf = (bias: CompletionParameters['logit_bias']): Pick<FrozenRequest['sampling'], 'logitBias'> => {
  const logitBias = Object.entries(bias ?? {})
    .map(([id, amount]): [number, number] => [Number(id), amount])
    .filter(([, amount]) => amount !== 0)
    .toSorted(([a], [b]) => a - b);
  return logitBias.length === 0 ? {} : { logitBias };
};
