import { invalidFile, readJson, readText, type JsonObject } from './json-file.js';

/** Characters; those of real models are some thousands long. */
const LONGEST = 2 ** 20;

export interface ChatTemplateSource {
  template: string;
  /** Where it was found; part of the manifest, for it decides what the model sees. */
  path: string;
}

/**
 * The model's chat template: `chat_template.jinja`, `chat_template.json`, or the key of `tokenizer_config.json`, in
 * that order, as Hugging Face looks for it. Undefined when the model has none.
 */
export async function findChatTemplate(
  directory: string,
  tokenizerConfig: JsonObject,
): Promise<ChatTemplateSource | undefined> {
  const jinja = await readText(directory, 'chat_template.jinja');
  if (jinja !== undefined) return { template: jinja, path: 'chat_template.jinja' };
  const file = await readJson(directory, 'chat_template.json');
  if (file !== undefined) {
    return chosen('chat_template.json', (file as JsonObject | null)?.['chat_template']);
  }
  const own = tokenizerConfig['chat_template'];
  return own === undefined || own === null ? undefined : chosen('tokenizer_config.json', own);
}

/** A template is a string, or a list of named ones of which `default` is meant. */
function chosen(path: string, value: unknown): ChatTemplateSource {
  const named = Array.isArray(value)
    ? (value as JsonObject[]).find((entry) => entry?.['name'] === 'default')?.['template']
    : value;
  if (typeof named === 'string') {
    if (named.length <= LONGEST) return { template: named, path };
    throw invalidFile(
      path,
      `has a chat_template of ${named.length} characters, above the limit of ${LONGEST}`,
    );
  }
  throw invalidFile(path, 'must give chat_template as a string, or as a list with one named "default"');
}
