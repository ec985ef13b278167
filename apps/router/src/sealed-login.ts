import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What a browser's cookie holds: an API key, and until when it may be used so (epoch ms). */
export interface Login {
  readonly key: string;
  readonly expiresAt: number;
}

const content = z.strictObject({ key: z.string(), expiresAt: z.int() });

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Binds what is sealed to what it is for. */
const PURPOSE = Buffer.from('ganglion/admin-cookie/v1', 'utf8');

/**
 * A login as text that only holders of the secret can make or read: base64url of IV (12 bytes), tag (16 bytes) and
 * AES-256-GCM of its JSON (NIST SP 800-38D).
 * @param secret any text of at least 32 random bytes; all replicas of the router have the same
 */
export const sealLogin = ({ key, expiresAt }: Login, secret: string): string => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, cipherKey(secret), iv).setAAD(PURPOSE);
  const sealed = Buffer.concat([cipher.update(JSON.stringify({ key, expiresAt }), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
};

/** The login in a sealed text; undefined if it was not sealed with this secret, was changed, or is over by `now` (ms). */
export const openLogin = (text: string, secret: string, now: number): Login | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, cipherKey(secret), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(PURPOSE).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    const login = content.parse(JSON.parse(opened.toString('utf8')));
    return login.expiresAt > now ? login : undefined;
  } catch {
    // Whatever is wrong with it, it is no login.
    return undefined;
  }
};

const cipherKey = (secret: string): Buffer => createHash('sha256').update(PURPOSE).update(secret).digest();
