import { Agent, request as send } from 'node:http';
import { errorBody } from '@ganglion/contracts';
import type { RestRequest } from './bad-input-routes.fixture.js';
import type { Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;
const LONGEST_MESSAGE = 2_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly requestId: string;
  readonly text: string;
}

/** A client that sends what it is told, however wrong. */
export class RestSender {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(
    private readonly url: string,
    private readonly tally: Tally,
  ) {}

  close(): void {
    this.#agent.destroy();
  }

  /** Sends one request and judges the answer. */
  async send(request: RestRequest): Promise<void> {
    const { what } = request;
    try {
      const answer = await this.exchange(request);
      const offence = request.method === 'HEAD' ? undefined : offenceOf(answer);
      this.tally.note({ way: 'REST', what, outcome: String(answer.status), offence });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // A body that is refused before it is whole is not read to its end: the sender may see the connection go first.
      const isRefusedBody =
        (code === 'EPIPE' || code === 'ECONNRESET') && (request.body?.length ?? 0) > 1_000_000;
      const offence = isRefusedBody ? undefined : `no answer: ${code ?? ''} ${message}`;
      this.tally.note({ way: 'REST', what, outcome: isRefusedBody ? 'cut' : 'none', offence });
    }
  }

  private exchange({ method, path, headers, body }: RestRequest): Promise<Answer> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      // Without its length, the body of a GET would be taken for the next request.
      const length = body ? { 'content-length': String(body.length) } : {};
      const asked = { agent: this.#agent, hostname, port, method, path, headers: { ...headers, ...length } };
      const sent = send(asked, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            requestId: String(response.headers['x-request-id'] ?? ''),
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      sent.setTimeout(ANSWER_MS, () => sent.destroy(new Error(`nothing came for ${ANSWER_MS} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** What is wrong with an answer; undefined: it is a success or a typed error. */
const offenceOf = ({ status, type, requestId, text }: Answer): string | undefined => {
  if (status < 400) return type.startsWith('text/event-stream') ? offenceOfStream(text) : undefined;
  // An overloaded machine is not the input's doing; how often it may be is for the spec to say.
  if (isOverload(status) && type.startsWith('application/json')) return undefined;
  if (status >= 500) return `${status} ${text.slice(0, 500)}`;
  if (!type.startsWith('application/json')) return `${status} is told as ${type}`;
  if (requestId === '') return `${status} without X-Request-Id`;
  return offenceOfError(text);
};

/** The network is told to be busy or slow, in its own words. */
const isOverload = (status: number): boolean => status >= 502 && status <= 504;

const offenceOfError = (text: string): string | undefined => {
  const parsed = errorBody.safeParse(jsonOf(text));
  if (!parsed.success) return `not in the shape of errors: ${text.slice(0, 300)}`;
  const { message, code } = parsed.data.error;
  if (!code) return `no code: ${text.slice(0, 300)}`;
  if (message.length < 5 || message.length > LONGEST_MESSAGE)
    return `a message of ${message.length} characters`;
  return /\breq\.|\bat .*\.js:\d|node_modules|prisma/i.test(message)
    ? `tells our insides: ${message}`
    : undefined;
};

/** A stream ends with its end or a typed error, never in the middle. */
const offenceOfStream = (text: string): string | undefined => {
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  if (last.includes('data: [DONE]')) return undefined;
  const error = /^data: (.*"error".*)$/m.exec(last)?.[1];
  return error && !/internal_error/.test(error) ? undefined : `a stream that ends with ${last.slice(0, 300)}`;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
