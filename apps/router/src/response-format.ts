import { type CompletionParameters, excerpt, Fault, type Sampling } from '@ganglion/contracts';
import { checkSchema, GrammarRefusal } from '@ganglion/inference/grammar';

const FIELD = 'response_format.json_schema.schema';

/** Schemas that were found to be good lately: a client asks with the same one again and again. */
const good = new Set<string>();
const MOST_GOOD = 64;

/**
 * What a client's `response_format` means for sampling; nothing for text.
 * @throws Fault INVALID for a schema that no miner can follow, naming the keyword by its place
 */
export const formatOf = (asked: CompletionParameters['response_format']): Pick<Sampling, 'format'> => {
  if (asked == null || asked.type === 'text') return {};
  if (asked.type === 'json_object') return { format: { type: 'json_object' } };
  const schema = JSON.stringify(asked.json_schema.schema);
  if (!good.has(schema)) check(schema);
  good.add(schema);
  if (good.size > MOST_GOOD) good.delete(good.values().next().value!);
  return { format: { type: 'json_schema', schema } };
};

const check = (schema: string): void => {
  try {
    checkSchema(schema);
  } catch (error) {
    if (!(error instanceof GrammarRefusal)) throw error;
    const field = excerpt(error.path === '' ? FIELD : `${FIELD}.${error.path}`);
    throw new Fault('INVALID', `${field} ${excerpt(error.problem)}`, { field, reason: 'invalid_value' });
  }
};
