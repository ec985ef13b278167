import {
  cancelParameters,
  clientEvents,
  clientNamespace,
  completionParameters,
  errorBody,
} from '@ganglion/contracts';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { exampleOf, type Facts, type JsonSchema } from './bad-input-example.fixture.js';
import { badInputs } from './bad-input-plan.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';
import { inParallel, type Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;
const LARGEST = 1_500_000;
/** What clients may say, by its event; what they hear is no input. */
const inputs: Readonly<Record<string, z.ZodType>> = {
  [clientEvents.submit]: completionParameters,
  [clientEvents.cancel]: cancelParameters,
  'task.unknown': cancelParameters,
  error: cancelParameters,
  [clientEvents.finalised]: cancelParameters,
};

interface Packet {
  readonly what: string;
  /** The packet after its acknowledgement's number, as text: `["event",…]`. */
  readonly text: string;
}

/** One socket that writes packets as text: what JavaScript cannot say, and what the client library would not. */
class SocketSender {
  readonly #waiting = new Map<number, { resolve: (answer: string) => void; reject: (why: Error) => void }>();
  readonly #socket: Socket;
  #acknowledgements = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.io.engine.on('data', (data: unknown) => this.hear(data));
    socket.on('disconnect', () => this.giveUp());
  }

  static async open(url: string, apiKey: unknown): Promise<SocketSender> {
    const socket = io(new URL(clientNamespace, url).href, {
      transports: ['websocket'],
      auth: { apiKey },
      forceNew: true,
      reconnection: false,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    return new SocketSender(socket);
  }

  get isOpen(): boolean {
    return this.#socket.connected;
  }

  close(): void {
    this.#socket.close();
  }

  /** Sends an event and gives its acknowledgement as JSON text. */
  async ask(text: string): Promise<string> {
    const id = this.#acknowledgements++;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<string>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      timer = setTimeout(() => reject(new Error(`not acknowledged within ${ANSWER_MS} ms`)), ANSWER_MS);
    });
    if (this.isOpen) this.write(`2${clientNamespace},${id}${text}`);
    else this.giveUp();
    return answered.finally(() => clearTimeout(timer));
  }

  /** Writes one message of engine.io, whatever it is. */
  write(packet: string | Buffer): void {
    (this.#socket.io.engine as { write: (data: string | Buffer) => unknown }).write(packet);
  }

  private hear(data: unknown): void {
    const [, id, text] = /^3\/client,(\d+)(.*)$/s.exec(String(data)) ?? [];
    if (id === undefined || text === undefined) return;
    this.#waiting.get(Number(id))?.resolve(text);
    this.#waiting.delete(Number(id));
  }

  private giveUp(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection was closed'));
    this.#waiting.clear();
  }
}

const packetsOf = (fields: Facts, chance: Chance, count: number): Packet[] => {
  const share = Math.ceil(count / Object.keys(inputs).length);
  const made = Object.entries(inputs).flatMap(([event, schema]) => {
    const example = exampleOf(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, fields);
    return badInputs(example, { chance, count: share, large: LARGEST }).flatMap(({ what, data }) => {
      const text = Buffer.from(data).toString('utf8');
      const isJson = parsed(text) !== undefined;
      // A packet that is no JSON ends the whole connection: those are sent on connections of their own.
      return isJson ? [{ what: `${event} (${what})`, text: `[${JSON.stringify(event)},${text}]` }] : [];
    });
  });
  const odd = [
    '["task.submit"]',
    '["task.submit",{},{},{}]',
    '["task.cancel",null,1]',
    '["",{}]',
    '["__proto__",{}]',
  ];
  return chance.sample([...made, ...odd.map((text) => ({ what: text, text }))]);
};

/** Packets after which the server may close the connection, but must not fall over. */
const rudePackets = (chance: Chance): (string | Buffer)[] => [
  '2/client,',
  '2/client,0',
  '2/client,0{"a":1}',
  '2/client,0["task.submit",{"model":',
  '2/client,0[{"a":1},{}]',
  '2/client,99999999999999999999["task.cancel",{}]',
  '2/nowhere,0["task.submit",{}]',
  '0/client,"word"',
  '0/nowhere,{"apiKey":"gk_0"}',
  '0/client,{"apiKey":{"length":40}}',
  '3/client,0[1]',
  '5/client,1-0["task.submit",{"_placeholder":true,"num":0}]',
  '51-/client,0["task.submit",{"_placeholder":true,"num":7}]',
  '59999999999-/client,["task.submit"]',
  '9',
  `2/client,0["task.submit",${'['.repeat(20_000)}]`,
  `2/client,0["task.submit","${'x'.repeat(2_200_000)}"]`,
  Buffer.from(chance.bytes(500)),
  Buffer.alloc(2_200_000),
  String(chance.below(10)).repeat(50),
];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const offenceOf = (answer: string): string | undefined => {
  const [body] = (parsed(answer) ?? []) as unknown[];
  const refusal = errorBody.safeParse(body);
  if (refusal.success)
    return refusal.data.error.code === 'internal_error' || !refusal.data.error.code
      ? answer.slice(0, 300)
      : undefined;
  const isAnswer = typeof body === 'object' && body !== null && 'taskId' in body;
  return isAnswer ? undefined : `neither an answer nor an error: ${answer.slice(0, 300)}`;
};

export interface SocketWalk {
  readonly url: string;
  readonly apiKey: string;
  readonly fields: Facts;
  readonly chance: Chance;
  readonly count: number;
  readonly tally: Tally;
}

/** Sends so many bad packets over sockets, then keys and packets that end connections. */
export const walkSocket = async ({
  url,
  apiKey,
  fields,
  chance,
  count,
  tally,
}: SocketWalk): Promise<void> => {
  let sender = await SocketSender.open(url, apiKey);
  await inParallel(packetsOf(fields, chance, count), 8, async ({ what, text }) => {
    if (!sender.isOpen) sender = await SocketSender.open(url, apiKey);
    const outcome = await sender.ask(text).then(
      (answer) => ({ outcome: answer.includes('"error"') ? 'refused' : 'OK', offence: offenceOf(answer) }),
      (error: Error) => ({ outcome: 'none', offence: error.message }),
    );
    tally.note({ way: 'socket', what, ...outcome });
  });
  sender.close();
  await inParallel(rudePackets(chance), 4, (packet) => sendRudely({ url, apiKey, packet, tally }));
  const keys: unknown[] = [
    '',
    null,
    1,
    {},
    [],
    'gk_0000000000000000000000000000',
    '\0',
    'x'.repeat(100_000),
    { toString: 1 },
  ];
  await inParallel(keys, 4, (key) => knock({ url, key, tally }));
};

/** Whatever the packet does to its own connection, the next one must open. */
const sendRudely = async (rude: { url: string; apiKey: string; packet: string | Buffer; tally: Tally }) => {
  const { url, apiKey, packet, tally } = rude;
  const sender = await SocketSender.open(url, apiKey);
  sender.write(packet);
  const outcome = await sender.ask('["task.cancel",{}]').then(
    () => 'kept',
    (error: Error) => error.message,
  );
  sender.close();
  const offence = /closed|kept/.test(outcome) ? undefined : outcome;
  tally.note({ way: 'socket', what: `a packet ${String(packet).slice(0, 60)}`, outcome, offence });
};

const knock = async ({ url, key, tally }: { url: string; key: unknown; tally: Tally }): Promise<void> => {
  const outcome = await SocketSender.open(url, key).then(
    (sender) => (sender.close(), 'opened'),
    (error: Error & { data?: unknown }) =>
      errorBody.shape.error.safeParse(error.data).success ? 'refused' : error.message,
  );
  const offence = outcome === 'refused' ? undefined : outcome;
  tally.note({ way: 'socket', what: `the key ${JSON.stringify(key)?.slice(0, 60)}`, outcome, offence });
};
