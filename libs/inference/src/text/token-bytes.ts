import { InferenceError } from '../inference-error.js';

/** What one token adds to the text. */
export type TokenPiece =
  | { kind: 'bytes'; bytes: Uint8Array }
  /** An added token that stands for its own text and is not special. */
  | { kind: 'literal'; text: string }
  /** Special, or outside the vocabulary: no text, but a name. */
  | { kind: 'silent'; name: string };

interface DecoderConfig {
  type?: string;
  decoders?: DecoderConfig[];
}

/** The part of `tokenizer.json` that says how tokens become text. */
export interface TokenizerFile {
  decoder?: DecoderConfig | null;
  added_tokens?: { id: number; content: string; special?: boolean }[];
}

/** How a vocabulary spells bytes, and whether the text's first space belongs to the spelling only. */
export interface TokenSpelling {
  /** @param token the vocabulary's string of an ordinary token */
  bytesOf(token: string): Uint8Array;
  dropsFirstSpace: boolean;
}

/**
 * The spelling that a tokenizer declares: byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM) or SentencePiece with byte
 * fallback (Llama 2, Mistral).
 * @throws InferenceError MODEL_INVALID for any other decoder
 */
export function spellingOf(file: TokenizerFile): TokenSpelling {
  const steps = file.decoder?.type === 'Sequence' ? (file.decoder.decoders ?? []) : [file.decoder ?? {}];
  const types = steps.map((step) => step.type ?? 'none');
  if (types.includes('ByteLevel')) return { bytesOf: byteLevelBytes, dropsFirstSpace: false };
  if (types.includes('ByteFallback')) {
    return { bytesOf: byteFallbackBytes, dropsFirstSpace: types.includes('Strip') };
  }
  throw new InferenceError(
    'MODEL_INVALID',
    `tokenizer.json: decoder ${types.join(' + ')} is not supported; use a tokenizer with ByteLevel or ByteFallback`,
    'tokenizer.json',
  );
}

/** GPT-2's alphabet: printable bytes stand for themselves, the others for characters from U+0100 on. */
const byteOfCharacter = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 256; byte++) {
  const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  byteOfCharacter.set(String.fromCharCode(isPrintable ? byte : next++), byte);
}

function byteLevelBytes(token: string): Uint8Array {
  return Uint8Array.from(token, (character) => byteOfCharacter.get(character) ?? 0);
}

const encoder = new TextEncoder();

function byteFallbackBytes(token: string): Uint8Array {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
  return byte ? Uint8Array.of(parseInt(byte[1]!, 16)) : encoder.encode(token.replaceAll('\u2581', ' '));
}
