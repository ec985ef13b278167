import { readFile } from 'node:fs/promises';
import type { ChatParameters } from '@ganglion/sdk';
import { CommandError, exitCode } from './command-error.js';

export type ResponseFormat = ChatParameters['response_format'];

/**
 * The `response_format` for a JSON schema in a file; whether it can be followed is for the network to say.
 * @throws CommandError when the file cannot be read, or holds no JSON object
 */
export const readJsonSchema = async (file: string): Promise<ResponseFormat> => {
  const schema = await readJson(file);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new CommandError(`${file}: a JSON schema is an object`, exitCode.usage);
  return {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: schema as Record<string, unknown>, strict: true },
  };
};

const readJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(`${file} cannot be read as JSON: ${(error as Error).message}`, exitCode.usage);
  }
};
