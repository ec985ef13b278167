import {
  deadSubject,
  durableName,
  type Event,
  excerpt,
  Fault,
  type ModuleName,
  streams,
} from '@ganglion/contracts';
import { type ConsumerMessages, jetstream, type JsMsg } from '@nats-io/jetstream';
import type { Bus } from './bus.js';
import type { MessageContext } from './handles.js';
import { childTrace, TRACE_HEADER } from './trace.js';
import { parseWire } from './wire.js';

export interface Hearer {
  handle(payload: unknown, context: MessageContext, trace: string): Promise<void>;
  settled(outcome: 'done' | 'retried' | 'dead', ms: number): void;
  failed(error: unknown): void;
}

/** A handler that has not finished tells the broker so this often (the consumer's ack_wait is longer). */
const WORKING_EVERY_MS = 10_000;
/** Many at once, so that a slow event does not hold the others; few enough to bound memory. */
const IN_FLIGHT = 64;

/** When an event is tried again, and when it is given up. */
export interface RetryPolicy {
  /** Milliseconds to the next delivery, after so many. */
  pauseMs(deliveries: number): number;
  /** The last delivery: after it the event goes to the dead-letter stream. */
  readonly lastDelivery: number;
}

/** Exponential back-off with jitter: 200 ms, 400 ms, … up to 30 s; eight deliveries. */
export const patientRetries: RetryPolicy = {
  pauseMs: (deliveries) => Math.min(30_000, 200 * 2 ** (deliveries - 1)) * (0.75 + Math.random() / 2),
  lastDelivery: 8,
};

/** One durable consumer of one module for one event; provision made it, every replica of the module shares it. */
export class DurableHearing {
  #messages: ConsumerMessages | undefined;
  #stopped = false;
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly module: ModuleName,
    private readonly event: Event,
    private readonly hearer: Hearer & { retries: RetryPolicy },
  ) {}

  async start(): Promise<void> {
    const consumer = await jetstream(this.bus.nats).consumers.get(
      streams.events.name,
      durableName(this.module, this.event),
    );
    this.#messages = await consumer.consume({
      max_messages: IN_FLIGHT,
      callback: (msg) => {
        const work = this.settle(msg);
        this.#running.add(work);
        void work.finally(() => this.#running.delete(work));
      },
    });
    void this.restartWhenClosed(this.#messages);
  }

  /** The client gives up on a consumer it finds missing, as after a broker's restart: try again until stopped. */
  private async restartWhenClosed(messages: ConsumerMessages): Promise<void> {
    await messages.closed();
    for (let tries = 1; !this.#stopped; tries++) {
      await new Promise((resolve) => setTimeout(resolve, patientRetries.pauseMs(tries)).unref());
      if (this.#stopped || this.bus.nats.isClosed()) return;
      const isUp = await this.start().then(
        () => true,
        () => false,
      );
      if (isUp) return;
    }
  }

  private async settle(msg: JsMsg): Promise<void> {
    const started = performance.now();
    const working = setInterval(() => msg.working(), WORKING_EVERY_MS);
    const deliveries = msg.info.deliveryCount;
    try {
      const payload = this.parse(msg);
      const eventId = msg.headers?.get('Nats-Msg-Id') || `${msg.info.stream}-${msg.seq}`;
      const trace = childTrace(msg.headers?.get(TRACE_HEADER));
      await this.hearer.handle(payload, { subject: msg.subject, eventId, deliveries }, trace);
      msg.ack();
      this.hearer.settled('done', performance.now() - started);
    } catch (error) {
      this.hearer.failed(error);
      this.putBack(msg, error, performance.now() - started);
    } finally {
      clearInterval(working);
    }
  }

  private parse(msg: JsMsg): unknown {
    try {
      return parseWire(this.event.payload, msg);
    } catch (error) {
      throw new Poison(error);
    }
  }

  private putBack(msg: JsMsg, error: unknown, ms: number): void {
    if (this.bus.nats.isClosed()) return;
    const deliveries = msg.info.deliveryCount;
    const { retries } = this.hearer;
    if (deliveries < retries.lastDelivery && !(error instanceof Poison)) {
      msg.nak(retries.pauseMs(deliveries));
      this.hearer.settled('retried', ms);
      return;
    }
    const why = excerpt(error instanceof Error ? error.message : String(error));
    this.bus.nats.publish(deadSubject(this.module, this.event), letterOf(msg, { deliveries, error: why }));
    msg.term(why);
    this.hearer.settled('dead', ms);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#messages?.close();
    await Promise.allSettled(this.#running);
  }
}

/** An event that can never be read: trying again would not help. */
class Poison extends Fault {
  constructor(cause: unknown) {
    super('INVALID', cause instanceof Error ? cause.message : String(cause));
  }
}

/** A dead letter must itself fit into a message (1 MB), and JSON may write one byte as six. */
const MAX_REMAINS = 128 * 1024;

/** A dead letter: the event as it was, or the beginning of its text if it is too large, too deep or no JSON at all. */
const letterOf = (msg: JsMsg, facts: { deliveries: number; error: string }): string => {
  try {
    if (msg.data.length <= MAX_REMAINS) return JSON.stringify({ event: msg.json(), ...facts });
  } catch {
    // Its text remains.
  }
  const event = new TextDecoder().decode(msg.data.subarray(0, MAX_REMAINS));
  return JSON.stringify({ event, bytes: msg.data.length, ...facts });
};
