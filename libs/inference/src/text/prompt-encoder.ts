import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Prompt } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { findChatTemplate } from '../model/chat-template.js';
import { invalidFile, readJsonObject, type JsonObject } from '../model/json-file.js';
import { spellingOf, type TokenizerFile, type TokenPiece } from './token-bytes.js';
import { TokenTextDecoder } from './text-decoder.js';

/** The package's declarations do not resolve under NodeNext; this is what is used of it. */
interface Encoder {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
  id_to_token(id: number): string | undefined;
}

const SPECIAL_NAMES = ['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const;

/** A model's tokenizer and chat template: prompts to token ids, token ids to text. */
export class PromptEncoder {
  readonly #tokenizer: Encoder;
  readonly #template: Template | undefined;
  readonly #special: Record<string, string>;
  readonly #pieces: (id: number) => TokenPiece;
  readonly #dropsFirstSpace: boolean;

  private constructor(files: { tokenizer: JsonObject; config: JsonObject; template: Template | undefined }) {
    this.#tokenizer = new Tokenizer(files.tokenizer, files.config) as Encoder;
    this.#template = files.template;
    this.#special = specialTokens(files.config);
    const file = files.tokenizer as TokenizerFile;
    const spelling = spellingOf(file);
    const added = new Map((file.added_tokens ?? []).map((token) => [token.id, token]));
    this.#dropsFirstSpace = spelling.dropsFirstSpace;
    this.#pieces = (id) => {
      const own = added.get(id);
      if (own) return own.special ? { kind: 'silent' } : { kind: 'literal', text: own.content };
      const token = this.#tokenizer.id_to_token(id);
      return token === undefined ? { kind: 'silent' } : { kind: 'bytes', bytes: spelling.bytesOf(token) };
    };
  }

  /** @throws InferenceError MODEL_INVALID when tokenizer or template cannot be used */
  static async load(directory: string): Promise<PromptEncoder> {
    const tokenizer = await readJsonObject(directory, 'tokenizer.json');
    const config = await readJsonObject(directory, 'tokenizer_config.json');
    const source = await findChatTemplate(directory, config);
    const template = source && usable(source.path, () => new Template(source.template));
    return usable('tokenizer.json', () => new PromptEncoder({ tokenizer, config, template }));
  }

  /**
   * Messages go through the chat template, which writes every special token itself; plain text gets those that the
   * tokenizer puts around a text.
   * @throws InferenceError PROMPT_INVALID
   */
  encode(prompt: Prompt): number[] {
    const isChat = 'messages' in prompt;
    const text = isChat ? this.#render(prompt.messages) : prompt.text;
    if (typeof text !== 'string') throw invalidPrompt('text', 'must be a string');
    const { ids } = this.#tokenizer.encode(text, { add_special_tokens: !isChat });
    const field = isChat ? 'messages' : 'text';
    if (ids.length === 0) throw invalidPrompt(field, 'must make at least one token');
    const unknown = ids.indexOf(undefined);
    if (unknown >= 0) throw invalidPrompt(field, "holds characters outside the model's vocabulary");
    return ids as number[];
  }

  /** A decoder for one completion. */
  decoder(): TokenTextDecoder {
    return new TokenTextDecoder(this.#pieces, this.#dropsFirstSpace);
  }

  #render(messages: { role: string; content: string }[]): string {
    if (!this.#template)
      throw invalidPrompt('messages', 'need a chat template, which this model lacks: send text');
    if (!Array.isArray(messages) || messages.length === 0) {
      throw invalidPrompt('messages', 'must hold at least one message');
    }
    for (const [at, message] of messages.entries()) {
      for (const key of ['role', 'content'] as const) {
        if (typeof message?.[key] !== 'string')
          throw invalidPrompt(`messages[${at}].${key}`, 'must be a string');
      }
    }
    try {
      // No date function on purpose: a template that writes today's date would make replicas differ at midnight.
      return this.#template.render({ ...this.#special, messages, add_generation_prompt: true });
    } catch (cause) {
      throw invalidPrompt('messages', `were refused by the chat template: ${(cause as Error).message}`);
    }
  }
}

function usable<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof InferenceError) throw cause;
    throw invalidFile(file, `cannot be used: ${(cause as Error).message}`);
  }
}

function specialTokens(config: JsonObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of SPECIAL_NAMES) {
    const value = config[name];
    const content = typeof value === 'string' ? value : (value as JsonObject | null | undefined)?.['content'];
    if (typeof content === 'string') found[name] = content;
  }
  return found;
}

function invalidPrompt(field: string, problem: string): InferenceError {
  return new InferenceError('PROMPT_INVALID', `${field} ${problem}`, field);
}
