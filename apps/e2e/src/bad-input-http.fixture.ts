import { connect } from 'node:net';
import { errorBody } from '@ganglion/contracts';
import type { Chance } from './bad-input-random.fixture.js';
import type { Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;
const CHAT = '/v1/chat/completions';

interface BrokenExchange {
  readonly what: string;
  readonly bytes: Buffer;
  /** We hang up after sending, and want no answer. */
  readonly cut?: boolean;
}

const head = (line: string, ...headers: string[]): string =>
  [line, 'Host: router', 'Connection: close', ...headers, '', ''].join('\r\n');

/** Connections that break the rules of HTTP itself, or end in the middle. */
export const brokenExchanges = (authorization: string, chance: Chance): BrokenExchange[] => {
  const key = `Authorization: ${authorization}`;
  const json = 'Content-Type: application/json';
  const post = (...headers: string[]) => head(`POST ${CHAT} HTTP/1.1`, key, json, ...headers);
  const told: Record<string, string> = {
    'an unknown method': head('FROB / HTTP/1.1'),
    'a method in small letters': head('get /v1/models HTTP/1.1', key),
    'an unknown version': head('GET /v1/models HTTP/9.9', key),
    'no version': 'GET /v1/models\r\n\r\n',
    'no host': 'GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n',
    'no path': head('GET  HTTP/1.1'),
    'a path with a space': head('GET /v1/mo dels HTTP/1.1', key),
    'a path with a zero byte': head('GET /v1/\0 HTTP/1.1', key),
    'a path of 30 kB': head(`GET /${'a'.repeat(30_000)} HTTP/1.1`, key),
    'a flood of headers': head(
      'GET /v1/models HTTP/1.1',
      key,
      ...Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`),
    ),
    'a header of 100 kB': head('GET /v1/models HTTP/1.1', key, `X-Long: ${'a'.repeat(100_000)}`),
    'a header without a colon': head('GET /v1/models HTTP/1.1', key, 'word'),
    'a header with a zero byte': head('GET /v1/models HTTP/1.1', key, 'X-Zero: a\0b'),
    'two lengths': post('Content-Length: 2', 'Content-Length: 3') + '{}',
    'a negative length': post('Content-Length: -1') + '{}',
    'a length that is no number': post('Content-Length: word') + '{}',
    'an endless length': post('Content-Length: 99999999999999999999') + '{}',
    'a length and chunks': post('Content-Length: 2', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    'chunks of nonsense': post('Transfer-Encoding: chunked') + 'zz\r\nword\r\n',
    'an unknown transfer encoding': post('Transfer-Encoding: frob') + '{}',
    'the beginning of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'bytes that are nothing': `${chance.bytes(200).toString('latin1')}\r\n\r\n`,
    'a socket without a handshake': head(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      'Upgrade: websocket',
    ),
    'a socket of another version': head('GET /socket.io/?EIO=99&transport=websocket HTTP/1.1'),
    'a socket of another transport': head('GET /socket.io/?EIO=4&transport=frob HTTP/1.1'),
    'an unknown upgrade': head('GET /v1/models HTTP/1.1', key, 'Upgrade: frob'),
  };
  const cuts: Record<string, string> = {
    'a body that ends too soon': post('Content-Length: 1000') + '{"model":"tiny",',
    'a chunk that ends too soon': post('Transfer-Encoding: chunked') + 'ff\r\n{"model"',
    'headers that end too soon': `POST ${CHAT} HTTP/1.1\r\nHost: router\r\nAuthor`,
    'nothing at all': '',
    'a question without waiting': head('GET /v1/models HTTP/1.1', key),
    'a chat without waiting': chatOf(post, chance),
  };
  return [
    ...Object.entries(told).map(([what, text]) => ({ what, bytes: Buffer.from(text, 'latin1') })),
    ...Object.entries(cuts).map(([what, text]) => ({ what, bytes: Buffer.from(text, 'latin1'), cut: true })),
  ];
};

const chatOf = (post: (...headers: string[]) => string, chance: Chance): string => {
  const body = JSON.stringify({
    model: 'tiny',
    messages: [{ role: 'user', content: 'word' }],
    max_tokens: 200,
    stream: chance.below(2) === 0,
  });
  return post(`Content-Length: ${body.length}`) + body;
};

/** Sends one and waits for the connection's end; whatever is answered must be an answer. */
export const exchangeBroken = async (
  url: string,
  { what, bytes, cut = false }: BrokenExchange,
  tally: Tally,
): Promise<void> => {
  const { hostname, port } = new URL(url);
  const note = (outcome: string, offence?: string): void =>
    tally.note({ way: 'HTTP', what, outcome, offence });
  const text = await new Promise<string>((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      if (cut) socket.write(bytes, () => socket.destroy());
      else socket.write(bytes);
    });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('timeout')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => error.message === 'timeout' && chunks.push(Buffer.from('TIMEOUT')));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
  if (cut) return note('cut');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  if (text.endsWith('TIMEOUT')) return note('timeout', 'the connection was held open');
  if (status === undefined)
    return note('closed', text === '' ? undefined : `not HTTP: ${text.slice(0, 200)}`);
  note(status, Number(status) < 400 ? undefined : offenceOf(Number(status), text));
};

const offenceOf = (status: number, text: string): string | undefined => {
  if (status >= 500) return text.slice(0, 300);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  // Before a handshake is understood, the socket's server answers in its own words.
  if (/{"code":\d,"message":"[^"]+"}/.test(body)) return undefined;
  try {
    return errorBody.parse(JSON.parse(body)).error.code ? undefined : `no code: ${body.slice(0, 200)}`;
  } catch {
    return `not in the shape of errors: ${body.slice(0, 200)}`;
  }
};
