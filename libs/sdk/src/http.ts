import type { z } from 'zod';
import { GanglionError, type GanglionErrorFacts } from './ganglion-error.js';

export interface CallOptions {
  /** Aborts the request; a task it runs is cancelled. */
  readonly signal?: AbortSignal;
}

export interface Call extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** A status of 400 or more that is an answer all the same. */
  readonly accepts?: number;
}

export interface HttpOptions {
  readonly url: string;
  readonly apiKey?: string;
  /**
   * In place of a key: the cookie that `admin.login` sets, in a page that the router itself serves. Requests then carry
   * a header that no page of another origin can send.
   */
  readonly withCookie?: boolean;
  readonly fetch?: typeof fetch;
}

/** Requests to one router. Every failure is a `GanglionError`, but an abort, which stays the caller's own. */
export class Http {
  readonly url: string;
  readonly #apiKey: string | undefined;
  readonly #withCookie: boolean;
  readonly #fetch: typeof fetch;

  constructor({ url, apiKey, withCookie = false, fetch: ownFetch }: HttpOptions) {
    if (!/^https?:\/\//.test(url))
      throw new GanglionError(`url must start with http:// or https://, not "${url}"`, {
        status: 0,
        code: 'invalid_url',
        param: 'url',
      });
    this.url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#withCookie = withCookie;
    // Bound to nothing: browsers refuse a fetch that is called as a method of something else.
    this.#fetch = ownFetch ?? ((input, init) => fetch(input, init));
  }

  /** Asks and parses the answer. */
  async json<T extends z.ZodType>(path: string, schema: T, call: Call = {}): Promise<z.infer<T>> {
    const response = await this.send(path, call);
    const body = await readJson(response, call.signal);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new GanglionError(
      `${path} was answered with something unexpected: is this SDK as new as the router?`,
      {
        status: response.status,
        code: 'unexpected_answer',
        ...namesOf(response),
      },
    );
  }

  /** Asks for something to be read by the caller; a status of 400 or more throws. */
  async send(path: string, { method = 'GET', body, signal, accepts }: Call = {}): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(this.url + path, {
        method,
        headers: {
          ...(this.#apiKey ? { authorization: `Bearer ${this.#apiKey}` } : {}),
          ...(this.#withCookie ? { 'x-ganglion-dashboard': '1' } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(this.#withCookie ? { credentials: 'same-origin' as const } : {}),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      throw toConnectionError(error, this.url, signal);
    }
    if (response.ok || response.status === accepts) return response;
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw GanglionError.fromBody(await readJson(response, signal).catch(() => undefined), {
      status: response.status,
      ...namesOf(response),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    });
  }
}

/** What an error of this answer is to be traced by. */
export const namesOf = ({ headers }: Response): Pick<GanglionErrorFacts, 'requestId' | 'taskId'> => ({
  requestId: headers.get('x-request-id'),
  taskId: headers.get('x-ganglion-task'),
});

const readJson = async (response: Response, signal?: AbortSignal): Promise<unknown> => {
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new GanglionError(
      'the answer is not JSON: check the url',
      { status: response.status, code: 'unexpected_answer', ...namesOf(response) },
      { cause: error },
    );
  }
};

/** An abort is told as the signal's reason; all else means that the router was not reached or went away. */
export const toConnectionError = (error: unknown, url: string, signal?: AbortSignal): unknown => {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GanglionError) return error;
  const cause =
    error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
  return new GanglionError(
    `${url} cannot be reached (${cause}): check the url and that the network runs`,
    { status: 0, code: 'connection_failed' },
    { cause: error },
  );
};
