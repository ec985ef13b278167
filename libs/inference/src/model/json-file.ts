import { readFile } from 'node:fs/promises';
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

/** Undefined when there is no such file. */
export async function readText(directory: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch (cause) {
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
  throw invalidFile(file, `must give ${key} as an integer above 0, not ${JSON.stringify(value)}`);
}
