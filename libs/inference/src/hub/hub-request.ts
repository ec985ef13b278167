import { InferenceError } from '../inference-error.js';
import { Passing, throwIfCancelled, type Patience } from './patience.js';

const MOST_REDIRECTS = 5;

export interface HubRequest {
  url: URL;
  /** Goes to the origin of `url` alone, never to another one that it redirects to. */
  token?: string | undefined;
  headers?: Record<string, string>;
  patience: Patience;
  signal?: AbortSignal | undefined;
}

/** An answer whose body is yet to be read; every one is read to its end or discarded. */
export class HubAnswer {
  constructor(
    private readonly response: Response,
    private readonly stop: AbortController,
    private readonly request: HubRequest,
  ) {}

  get status(): number {
    return this.response.status;
  }

  header(name: string): string | undefined {
    return this.response.headers.get(name) ?? undefined;
  }

  /** It was another host that answered, after a redirect. */
  get isElsewhere(): boolean {
    return new URL(this.response.url).origin !== this.request.url.origin;
  }

  /** @throws Passing when the connection breaks or stalls; InferenceError CANCELLED */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const { patience, signal, url } = this.request;
    const reader = this.response.body?.getReader();
    if (!reader) return;
    try {
      for (;;) {
        const stalled = watch(this.stop, patience.stallMs, `${url.host} sent nothing`);
        const { done, value } = await reader.read().finally(() => clearTimeout(stalled));
        if (done) return;
        yield value;
      }
    } catch (error) {
      throwIfCancelled(signal);
      throw broken(
        `the connection to ${url.host} broke`,
        this.stop.signal.aborted ? this.stop.signal.reason : error,
      );
    } finally {
      this.discard(); // a reader that has enough leaves the rest
    }
  }

  /** @throws InferenceError DOWNLOAD_INVALID when it is longer than that */
  async bytes(longest: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.pieces()) {
      length += piece.length;
      if (length > longest) {
        const problem = `${this.request.url.href} is longer than the ${longest} bytes it may have`;
        throw new InferenceError('DOWNLOAD_INVALID', problem, 'hub');
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  discard(): void {
    this.stop.abort(new Passing('the answer was left'));
  }
}

/**
 * One GET, with redirects followed, also to other hosts.
 * @throws Passing when there is no answer (in time); InferenceError DOWNLOAD_INVALID for redirects that lead nowhere
 *   or from HTTPS to HTTP, CANCELLED
 */
export async function get(request: HubRequest): Promise<HubAnswer> {
  const { url: asked, token, patience, signal } = request;
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let url = asked;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const isOwn = url.origin === asked.origin && token !== undefined;
    // Sizes and ranges count the file's own bytes, so it must not come compressed.
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'ganglion', ...request.headers };
    const authorization = isOwn ? { authorization: `Bearer ${token}` } : {};
    const late = watch(stop, patience.connectMs, `${url.host} did not answer`);
    const response = await fetch(url, {
      headers: { ...headers, ...authorization },
      redirect: 'manual',
      signal: either,
    })
      .catch((error: unknown) => {
        throwIfCancelled(signal);
        throw broken(`${url.host} cannot be reached`, stop.signal.aborted ? stop.signal.reason : error);
      })
      .finally(() => clearTimeout(late));
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null)
      return new HubAnswer(response, stop, request);
    await response.body?.cancel();
    url = redirected(url, location);
  }
  const problem = `${asked.href} redirects more than ${MOST_REDIRECTS} times`;
  throw new InferenceError('DOWNLOAD_INVALID', problem, 'hub');
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isSafe = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to && isSafe) return to;
  const problem = `${from.host} redirects to ${location.slice(0, 200)}, which is no safe address`;
  throw new InferenceError('DOWNLOAD_INVALID', problem, 'hub');
}

function watch(stop: AbortController, milliseconds: number, what: string): NodeJS.Timeout {
  return setTimeout(() => stop.abort(new Passing(`${what} for ${milliseconds / 1000} s`)), milliseconds);
}

/** What the network says is nested: `fetch failed` because of … */
function broken(what: string, error: unknown): Passing {
  if (error instanceof Passing) return error;
  const { message, cause } = error as Error;
  const reason = cause as (Error & { code?: string }) | undefined;
  const why = reason?.message || reason?.code || message;
  return new Passing(`${what}: ${why}`, undefined, { cause: error });
}
