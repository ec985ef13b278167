import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceError } from '../inference-error.js';

export type JsonObject = Record<string, unknown>;

/**
 * One of the model's JSON files; an empty object when it is absent and `isOptional`.
 * @throws InferenceError MODEL_INVALID naming the file
 */
export async function readJsonObject(
  directory: string,
  name: string,
  isOptional = false,
): Promise<JsonObject> {
  const value = await readJson(directory, name);
  if (value === undefined && isOptional) return {};
  if (value === undefined) throw invalidFile(name, `is missing in ${directory}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidFile(name, 'must hold a JSON object');
  }
  return value as JsonObject;
}

/** As parsed, or undefined when there is no such file. */
export async function readJson(directory: string, name: string): Promise<unknown> {
  const text = await readText(directory, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalidFile(name, `is not JSON: ${(cause as Error).message}`);
  }
}

const MIB = 2 ** 20;

/** Real ones: Gemma's tokenizer is 33 MiB, tokenizer_config.json up to 2, chat templates some kilobytes. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  'tokenizer.json': 128 * MIB,
  'chat_template.jinja': MIB,
};
const MOST_BYTES_OF_OTHERS = 16 * MIB;

/**
 * Undefined when there is no such file.
 * @throws InferenceError MODEL_INVALID naming the file; before it is read when it is too large or no file
 */
export async function readText(directory: string, name: string): Promise<string | undefined> {
  const most = MOST_BYTES[name] ?? MOST_BYTES_OF_OTHERS;
  try {
    const path = join(directory, name);
    const status = await stat(path);
    if (!status.isFile()) throw invalidFile(name, 'is no file');
    if (status.size > most)
      throw invalidFile(name, `is ${status.size} bytes long, above the limit of ${most}`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof InferenceError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw invalidFile(name, `cannot be read: ${(cause as Error).message}`);
  }
}

export function invalidFile(name: string, problem: string): InferenceError {
  return new InferenceError('MODEL_INVALID', `${name} ${problem}`, name);
}

/** @throws InferenceError MODEL_INVALID unless it is an integer of at least 1 */
export function positiveInteger(file: string, object: JsonObject, key: string): number {
  const value = object[key];
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  // An object may be nested as deeply as the file is long.
  const told =
    typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value)?.slice(0, 40);
  throw invalidFile(file, `must give ${key} as an integer above 0, not ${told}`);
}
