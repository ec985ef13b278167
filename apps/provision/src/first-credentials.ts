import { join } from 'node:path';
import { randomApiKey, randomJoinToken, sha256Hex } from './random-secret.js';
import { keepSecret, readSecret, replaceSecret } from './secret-file.js';

/** What `ganglion credentials` shows. */
interface Credentials {
  url: string;
  apiKey?: string;
  joinToken?: string;
}

/**
 * The first API key and the first join token. Their texts go to the operator and the miners, their hashes to the
 * modules that check them. A text whose hash is there was handed out already: if its file is gone, the operator took it
 * away, and no second one is made.
 */
export const provideFirstCredentials = async (secrets: string, url: string): Promise<void> => {
  const credentialsFile = join(secrets, 'cli', 'credentials.json');
  const tokenFile = join(secrets, 'miner', 'join-token');
  const keyHashFile = join(secrets, 'session', 'first-api-key.hash');
  const tokenHashFile = join(secrets, 'node-pool', 'first-join-token.hash');

  const wasHandedOut = async (hashFile: string): Promise<boolean> =>
    (await readSecret(hashFile)) !== undefined;
  const joinToken =
    (await readSecret(tokenFile)) ??
    ((await wasHandedOut(tokenHashFile)) ? undefined : await keepSecret(tokenFile, randomJoinToken));
  // Texts before hashes: a crash in between is repaired by the next run.
  if (!(await readCredentials(credentialsFile)) && !(await wasHandedOut(keyHashFile)))
    await keepSecret(credentialsFile, () =>
      jsonOf({ url, apiKey: randomApiKey(), ...(joinToken && { joinToken }) }),
    );
  const credentials = await readCredentials(credentialsFile);
  if (credentials?.apiKey) await keepSecret(keyHashFile, () => sha256Hex(credentials.apiKey as string));
  if (joinToken) await keepSecret(tokenHashFile, () => sha256Hex(joinToken));
  if (credentials) await replaceSecret(credentialsFile, jsonOf({ ...credentials, url }));
};

const jsonOf = (credentials: Credentials): string => JSON.stringify(credentials, null, 2);

const readCredentials = async (path: string): Promise<Credentials | undefined> => {
  const text = await readSecret(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Credentials;
  } catch {
    throw new Error(`${path} is not JSON: restore it, or delete it (its API key stays valid but unknown)`);
  }
};
