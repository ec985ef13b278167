import {
  type ControlRecord,
  controlRecord,
  controlSubject,
  type Event,
  Fault,
  type Frame,
  frame,
  frameSubject,
  type InputOf,
  type Job,
  type NodeRequest,
  type OutputOf,
  type PayloadOf,
  type Request,
  subjectFor,
  taskFeed,
} from '@ganglion/contracts';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import {
  type Msg,
  type NatsConnection,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/nats-core';
import type { z } from 'zod';
import { childTrace, currentTrace } from './trace.js';
import { parseReply, parseWire, traceHeaders } from './wire.js';

export interface Listener {
  close(): void;
}

export interface FeedHandlers {
  frame?: (nodeId: string, frame: Frame) => void;
  control?: (record: ControlRecord) => void;
}

/** One connection to the broker, spoken to in messages of the contracts. */
export class Bus {
  readonly #jetstream: JetStreamClient;
  /** Messages that did not parse, by subject pattern: counted, never fatal. */
  onMalformed: (pattern: string) => void = () => {};
  /** Told of every event that the broker has stored. */
  onPublished: (subject: string, payload: unknown) => void = () => {};

  #connected = true;
  readonly #gapHearers = new Set<() => void>();

  constructor(readonly nats: NatsConnection) {
    this.#jetstream = jetstream(nats);
    void this.watch();
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type === 'disconnect' || type === 'close') this.#connected = false;
      if (type !== 'reconnect') continue;
      this.#connected = true;
      for (const hear of this.#gapHearers) hear();
    }
  }

  /** Tells that the connection was lost and is back: whatever was published meanwhile was not heard. */
  onGap(hear: () => void): Listener {
    this.#gapHearers.add(hear);
    return { close: () => void this.#gapHearers.delete(hear) };
  }

  /** Asks a module. Throws the answer's Fault, or `UNAVAILABLE` when nobody answers in time. */
  async request<R extends Request>(
    message: R,
    input: z.input<R['input']>,
    options: { timeoutMs?: number } = {},
  ): Promise<OutputOf<R>> {
    return (await this.ask(message.subject, message, {
      input,
      timeoutMs: options.timeoutMs ?? 5_000,
    })) as OutputOf<R>;
  }

  /** Orders one miner, on `job.<nodeId>.<verb>`. */
  async order<J extends Job>(
    message: J,
    nodeId: string,
    input: InputOf<J>,
    options: { timeoutMs?: number } = {},
  ): Promise<OutputOf<J>> {
    const subject = subjectFor(message, nodeId);
    return (await this.ask(subject, message, {
      input,
      timeoutMs: options.timeoutMs ?? 1_000,
    })) as OutputOf<J>;
  }

  /** A miner asks a module, on `node.<nodeId>.<module>.<verb>`. */
  async requestAsNode<R extends NodeRequest>(
    message: R,
    nodeId: string,
    input: InputOf<R>,
    options: { timeoutMs?: number } = {},
  ): Promise<OutputOf<R>> {
    const subject = subjectFor(message, nodeId);
    return (await this.ask(subject, message, {
      input,
      timeoutMs: options.timeoutMs ?? 5_000,
    })) as OutputOf<R>;
  }

  private async ask(
    subject: string,
    message: { output: z.ZodType },
    { input, timeoutMs }: { input: unknown; timeoutMs: number },
  ): Promise<unknown> {
    const headers = traceHeaders(childTrace(currentTrace()));
    let reply: Msg;
    try {
      reply = await this.nats.request(subject, JSON.stringify(input), { timeout: timeoutMs, headers });
    } catch (error) {
      throw toUnavailable(subject, error);
    }
    return parseReply(message.output, reply);
  }

  /** Publishes an event into JetStream and waits until it is stored; `id` makes a repeated publish harmless. */
  async publishEvent(subject: string, payload: unknown, id: string): Promise<void> {
    const headers = traceHeaders(childTrace(currentTrace()));
    await this.#jetstream.publish(subject, JSON.stringify(payload), { msgID: id, headers });
    this.onPublished(subject, payload);
  }

  publishControl(taskId: string, record: ControlRecord): void {
    this.nats.publish(controlSubject(taskId), JSON.stringify(record));
  }

  publishFrame(nodeId: string, taskId: string, value: Frame): void {
    this.nats.publish(frameSubject(nodeId, taskId), JSON.stringify(value));
  }

  /** Hears the frames and control records of one task, in the order the broker delivers them. */
  feed(taskId: string, hear: FeedHandlers): Listener {
    const subscription = this.nats.subscribe(taskFeed(taskId), {
      callback: (error, msg) => {
        if (error) return;
        const sender = msg.subject.split('.')[1] ?? '';
        if (sender === 'queue') this.deliver(controlRecord, msg, (record) => hear.control?.(record));
        else this.deliver(frame, msg, (value) => hear.frame?.(sender, value));
      },
    });
    return { close: () => subscription.unsubscribe() };
  }

  /** Hears that miners stream, and how much: the messages, of so many bytes with their headers, are not read. */
  watchStreams(handler: (nodeId: string, taskId: string, bytes: number) => void): Listener {
    const subscription = this.nats.subscribe(taskFeed('*'), {
      callback: (error, msg) => {
        if (error) return;
        const [, sender = '', taskId = ''] = msg.subject.split('.');
        if (sender !== 'queue') handler(sender, taskId, bytesOf(msg));
      },
    });
    return { close: () => subscription.unsubscribe() };
  }

  /**
   * Hears an event in this replica only, while it runs: for caches, and for those who watch. What is missed is missed;
   * `onGap` tells when. The id is that of the event's row in its module's outbox.
   */
  overhear<E extends Event>(event: E, handler: (payload: PayloadOf<E>, eventId?: string) => void): Listener {
    const subscription = this.nats.subscribe(event.subject, {
      callback: (error, msg) => {
        if (error) return;
        const eventId = msg.headers?.get('Nats-Msg-Id') || undefined;
        this.deliver(event.payload, msg, (payload) => handler(payload as PayloadOf<E>, eventId));
      },
    });
    return { close: () => subscription.unsubscribe() };
  }

  /** A signal without content among replicas: whoever misses it finds out by itself, later. */
  signal(subject: string): { tell(): void; onTold(hear: () => void): Listener } {
    return {
      tell: () => {
        if (!this.nats.isClosed() && !this.nats.isDraining()) this.nats.publish(subject);
      },
      onTold: (hear) => {
        const subscription = this.nats.subscribe(subject, { callback: (error) => void (error ?? hear()) });
        return { close: () => subscription.unsubscribe() };
      },
    };
  }

  /** What replicas of a module tell one another, themselves included: nothing of it is kept, and what is missed is missed. */
  among<T extends z.ZodType>(message: {
    subject: string;
    payload: T;
  }): { tell(value: z.infer<T>): void; onTold(hear: (value: z.infer<T>) => void): Listener } {
    const { subject, payload } = message;
    return {
      tell: (value) => {
        if (!this.nats.isClosed() && !this.nats.isDraining())
          this.nats.publish(subject, JSON.stringify(value));
      },
      onTold: (hear) => {
        const subscription = this.nats.subscribe(subject, {
          callback: (error, msg) => void (error ?? this.deliver(payload, msg, hear)),
        });
        return { close: () => subscription.unsubscribe() };
      },
    };
  }

  private deliver<T extends z.ZodType>(schema: T, msg: Msg, handle: (value: z.infer<T>) => void): void {
    let value: z.infer<T>;
    try {
      value = parseWire(schema, msg);
    } catch {
      this.onMalformed(msg.subject.split('.').slice(0, 1).join('.'));
      return;
    }
    handle(value);
  }

  /** Is the connection up right now? */
  get isConnected(): boolean {
    return this.#connected && !this.nats.isClosed();
  }

  /** Stops hearing, finishes what was heard, flushes and closes. */
  async close(): Promise<void> {
    if (!this.nats.isClosed()) await this.nats.drain().catch(() => this.nats.close());
  }
}

const bytesOf = ({ data, headers }: Msg): number =>
  headers === undefined ? data.length : data.length + JSON.stringify([...headers]).length;

const toUnavailable = (subject: string, error: unknown): unknown => {
  const cause = error instanceof RequestError ? (error.cause ?? error) : error;
  const nobody =
    cause instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
  if (nobody) return new Fault('UNAVAILABLE', `nobody answers ${subject}`);
  if (cause instanceof TimeoutError || error instanceof TimeoutError)
    return new Fault('UNAVAILABLE', `${subject} was not answered in time`);
  return new Fault(
    'UNAVAILABLE',
    `${subject} could not be asked: ${error instanceof Error ? error.message : String(error)}`,
  );
};
