import type { Sampling } from '../engine.js';
import { InferenceError } from '../inference-error.js';

type NumberKey = Exclude<keyof Sampling, 'stop' | 'logitBias' | 'format'>;

const RANGES: Record<NumberKey, { min: number; max: number; isInteger?: boolean }> = {
  temperature: { min: 0, max: 100 },
  topP: { min: 0, max: 1 },
  topK: { min: 0, max: 2 ** 31, isInteger: true },
  minP: { min: 0, max: 1 },
  presencePenalty: { min: -100, max: 100 },
  frequencyPenalty: { min: -100, max: 100 },
  repetitionPenalty: { min: 0.01, max: 100 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true },
  maxTokens: { min: 1, max: 2 ** 31, isInteger: true },
};

/** @throws InferenceError PROMPT_INVALID naming the field and its range */
export function checkSampling(sampling: Sampling): void {
  for (const [key, { min, max, isInteger }] of Object.entries(RANGES)) {
    const value = sampling[key as NumberKey];
    const isInRange = typeof value === 'number' && value >= min && value <= max;
    if (isInRange && (!isInteger || Number.isInteger(value))) continue;
    throw invalid(
      `sampling.${key}`,
      `must be ${isInteger ? 'an integer' : 'a number'} from ${min} to ${max}`,
    );
  }
  checkFormat(sampling.format);
  for (const [at, stop] of sampling.stop.entries()) {
    const isText = typeof stop === 'string' && stop.length > 0 && !/\p{Surrogate}/u.test(stop);
    if (!isText) throw invalid(`sampling.stop[${at}]`, 'must be a text of at least one whole character');
  }
}

function checkFormat(format: unknown): void {
  if (format === undefined) return;
  const { type, schema } = (format ?? {}) as { type?: unknown; schema?: unknown };
  if (type === 'json_object' || (type === 'json_schema' && typeof schema === 'string')) return;
  throw invalid(
    'sampling.format',
    'must be of the type json_object, or json_schema with a schema as JSON text',
  );
}

function invalid(field: string, problem: string): InferenceError {
  return new InferenceError('PROMPT_INVALID', `${field} ${problem}`, field);
}
