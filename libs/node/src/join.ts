import { type Declaration, nodePool } from '@ganglion/contracts';
import { z } from 'zod';
import type { NodeIdentity } from './identity.js';

/** Leave to speak on the broker, until it expires. */
export interface Grant {
  readonly jwt: string;
  readonly natsUrls: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface JoinOptions {
  /** The router's address, `http://host:port`. */
  readonly url: string;
  readonly identity: NodeIdentity;
  /** Needed until the network knows this node. */
  readonly token?: string | undefined;
  readonly declared: Declaration;
}

/** The network said no: trying again would not help. */
export class JoinRefused extends Error {
  override readonly name = 'JoinRefused';
}

/** The network could not be asked, or has no time: trying again may help. */
export class JoinDelayed extends Error {
  override readonly name = 'JoinDelayed';

  constructor(
    message: string,
    /** What the router asked us to wait, if it did. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 15_000;
/** These are about the moment, not about us: too slow, a stale nonce, too many at once. */
const passing = new Set([408, 409, 425, 429]);
/** OpenAI's shape of an error. */
const errorBody = z.object({ error: z.object({ message: z.string() }) });

/** What a node signs to prove its key: the UTF-8 bytes of `ganglion/join/v1`, a zero byte and the nonce in hex. */
export const joinMessage = (nonce: string): Uint8Array =>
  new TextEncoder().encode(`ganglion/join/v1\0${nonce}`);

/**
 * One try to join: asks for a nonce, signs it, and gets a credential for the broker.
 * @throws JoinRefused with the router's own words; JoinDelayed when it is unreachable, overloaded or slow
 */
export const join = async (options: JoinOptions, signal?: AbortSignal): Promise<Grant> => {
  const { identity, token, declared } = options;
  const { nonce } = await post(options.url, 'nonce', { body: {}, answer: nodePool.nonce.output, signal });
  const signature = Buffer.from(identity.sign(joinMessage(nonce))).toString('hex');
  const body = { nodeId: identity.nodeId, ...(token ? { token } : {}), nonce, signature, declared };
  const granted = await post(options.url, 'join', { body, answer: nodePool.join.output, signal });
  return toGrant(granted);
};

/** A credential as the network hands it out, on joining and on renewing. */
export const toGrant = (granted: { jwt: string; natsUrls: string[]; expiresAt: string }): Grant => ({
  jwt: granted.jwt,
  natsUrls: granted.natsUrls,
  expiresAt: Date.parse(granted.expiresAt),
});

interface Post<T extends z.ZodType> {
  body: unknown;
  answer: T;
  signal: AbortSignal | undefined;
}

const post = async <T extends z.ZodType>(url: string, step: string, ask: Post<T>): Promise<z.infer<T>> => {
  const address = `${url.replace(/\/+$/, '')}/v1/nodes/${step}`;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ask.body),
      signal: ask.signal ? AbortSignal.any([ask.signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    throw new JoinDelayed(`the router at ${url} cannot be reached (${causeOf(error)})`);
  }
  if (!response.ok) throw refusalOf(url, response, text);
  const parsed = ask.answer.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new JoinRefused(`${address} does not answer as a Ganglion router does: check the address`);
};

const refusalOf = (url: string, { status, headers }: Response, text: string): Error => {
  const parsed = errorBody.safeParse(jsonOf(text));
  const message = parsed.success ? parsed.data.error.message : `HTTP ${status}`;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  if (status >= 500 || passing.has(status)) {
    return new JoinDelayed(
      `the router at ${url} says: ${message}`,
      seconds >= 0 ? seconds * 1_000 : undefined,
    );
  }
  return new JoinRefused(`the network refused this node: ${message}`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const causeOf = (error: unknown): string => {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
};
