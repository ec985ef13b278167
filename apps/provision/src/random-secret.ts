import { createHash, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Uniformly random characters of 0-9A-Za-z: 5.95 bits each. */
export const randomBase62 = (length: number): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** An API key: about 190 random bits behind a prefix that secret scanners can look for. */
export const randomApiKey = (): string => `gk_${randomBase62(32)}`;

/** A token with which miners join. */
export const randomJoinToken = (): string => `gt_${randomBase62(32)}`;

/** SHA-256 of the UTF-8 text, in lowercase hex: the form in which keys and tokens are stored. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
