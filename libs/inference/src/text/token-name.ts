import type { TokenName } from '../engine.js';
import type { TokenPiece } from './token-bytes.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/**
 * What a token is called where it stands alone: its text if its bytes are whole UTF-8 without U+0000 (which no database
 * holds), else its bytes; a token that is not text by its name in the tokenizer.
 */
export function nameOf(piece: TokenPiece): TokenName {
  if (piece.kind === 'silent') return { special: piece.name };
  if (piece.kind === 'literal') return piece.text;
  const text = textOf(piece.bytes);
  return text === undefined || text.includes('\0')
    ? { bytes: Buffer.from(piece.bytes).toString('base64') }
    : text;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
