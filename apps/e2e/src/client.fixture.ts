import { type ChatParameters, Ganglion } from '@ganglion/sdk';
import type { NetworkAddress } from '@ganglion/testkit';

export const JAPAN = 'What is the capital of Japan?';
/** The tiny model goes on with it for well over a hundred tokens. */
export const STORY = 'Tell me a story about a fox.';

/** The SDK with the network's first key, or another one. */
export const clientOf = ({ url, apiKey: first }: NetworkAddress, apiKey = first): Ganglion =>
  new Ganglion({ url, apiKey });

export const question = (
  content: string,
  parameters: Partial<ChatParameters> = {},
): ChatParameters & { model: string } => ({
  model: 'tiny',
  messages: [{ role: 'user', content }],
  ...parameters,
});

export interface FreshKey {
  keyId: string;
  apiKey: string;
}

/** An API key of its own, so that a spec's sessions, limits and usage are nobody else's. */
export const newKey = (
  network: NetworkAddress,
  name: string,
  scopes: ('inference' | 'admin')[] = ['inference'],
): Promise<FreshKey> => network.ask('/v1/keys', { method: 'POST', body: JSON.stringify({ name, scopes }) });

/** A raw request with a key: for what no client library would send. */
export const send = (
  { url, apiKey }: { url: string; apiKey: string },
  path: string,
  init: RequestInit = {},
): Promise<Response> =>
  fetch(new URL(path, url), {
    ...init,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...init.headers },
  });

export const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

/** Tokens are liked more each time they come, so the one that ends the text never does: it runs to `max_tokens`. */
export const neverEnding = { temperature: 0, frequency_penalty: -2, max_tokens: 900 };
export const ENDLESS_TOKENS = 8 * neverEnding.max_tokens;
/** Seconds of work whatever the machine, if nobody stops it. */
export const endless = (sessionId: string) => ({
  ...question(STORY, { ...neverEnding, n: 8 }),
  ganglion: { sessionId },
});
