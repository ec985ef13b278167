import { Fault } from '@ganglion/contracts';

type Harmless = (value: unknown) => boolean;

const never: Harmless = () => false;
const isEmpty: Harmless = (value) =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
const isOneOf =
  (...values: unknown[]): Harmless =>
  (value) =>
    values.includes(value);

/**
 * Parameters of OpenAI's interface that Ganglion does not have, each with the values that ask for nothing:
 * client libraries send those unasked, so they are dropped; any other value is refused rather than ignored.
 */
const parameters: Record<string, Harmless> = {
  audio: never,
  function_call: isOneOf('none', 'auto'),
  functions: isEmpty,
  metadata: isEmpty,
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
  moderation: never,
  parallel_tool_calls: isOneOf(true, false),
  prediction: never,
  prompt_cache_key: never,
  prompt_cache_retention: never,
  reasoning_effort: isOneOf('none'),
  safety_identifier: never,
  service_tier: isOneOf('auto', 'default'),
  store: isOneOf(false),
  tool_choice: isOneOf('none', 'auto'),
  tools: isEmpty,
  verbosity: isOneOf('medium'),
  web_search_options: never,
};

/** The same for one message: an answer put back into the conversation carries these. */
const messageFields: Record<string, Harmless> = {
  annotations: isEmpty,
  audio: never,
  function_call: never,
  name: never,
  refusal: never,
  tool_call_id: never,
  tool_calls: isEmpty,
};

/**
 * A copy of a request's body without what asks for nothing.
 * @throws Fault INVALID for a known parameter that is not supported yet, naming it.
 */
export const withoutUnsupported = (body: unknown): unknown => {
  if (!isRecord(body)) return body;
  const kept = without(body, parameters, '');
  if (!Array.isArray(kept['messages'])) return kept;
  const messages = kept['messages'].map((message: unknown, index) => {
    if (!isRecord(message)) return message;
    if (message['role'] === 'tool' || message['role'] === 'function')
      throw unsupported(`messages.${index}.role`, `the role "${message['role']}"`);
    return without(message, messageFields, `messages.${index}.`);
  });
  return { ...kept, messages };
};

const without = (
  given: Record<string, unknown>,
  table: Record<string, Harmless>,
  path: string,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).filter(([name, value]) => {
      const isHarmless = Object.hasOwn(table, name) ? table[name] : undefined;
      if (!isHarmless) return true;
      if (value !== null && value !== undefined && !isHarmless(value))
        throw unsupported(`${path}${name}`, `${path}${name}`);
      return false;
    }),
  );

const unsupported = (field: string, what: string): Fault =>
  new Fault('INVALID', `${what} is not supported yet: leave it out`, {
    field,
    reason: 'unsupported_parameter',
  });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
