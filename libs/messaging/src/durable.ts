import { setTimeout as delay } from 'node:timers/promises';
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
import { backOffMs } from './back-off.js';
import type { Bus } from './bus.js';
import type { MessageContext } from './handles.js';
import { isOutage } from './outage.js';
import { childTrace, TRACE_HEADER } from './trace.js';
import { parseWire } from './wire.js';

export interface Hearer {
  handle(payload: unknown, context: MessageContext, trace: string): Promise<void>;
  settled(outcome: 'done' | 'retried' | 'dead', ms: number): void;
  failed(error: unknown): void;
  /** The broker does not know the consumer yet, or is away: it is asked again. */
  waiting(error: unknown): void;
}

/** A handler that has not finished tells the broker so this often (the consumer's ack_wait is longer). */
const WORKING_EVERY_MS = 3_000;
/** Many at once, so that a slow event does not hold the others; few enough to bound memory. */
const IN_FLIGHT = 64;
/** An event whose handler finds a server away is held here this long; then it is put back, and delivered again. */
const HOLD_MS = 60_000;
const HOLD_BACK_OFF = { firstMs: 100, mostMs: 2_000 };
const START_BACK_OFF = { firstMs: 200, mostMs: 5_000 };

/** When an event is tried again, and when it is given up. */
export interface RetryPolicy {
  /** Milliseconds to the next delivery, after so many. */
  pauseMs(deliveries: number): number;
  /** The last delivery: after it the event goes to the dead-letter stream. */
  readonly lastDelivery: number;
}

/** Exponential back-off with jitter, from 200 ms up to 30 s; eight deliveries. */
export const patientRetries: RetryPolicy = {
  pauseMs: (deliveries) => backOffMs(deliveries, { firstMs: 200, mostMs: 30_000 }),
  lastDelivery: 8,
};

/** One durable consumer of one module for one event; provision made it, every replica of the module shares it. */
export class DurableHearing {
  #messages: ConsumerMessages | undefined;
  #isHearing = false;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly module: ModuleName,
    private readonly event: Event,
    private readonly hearer: Hearer & { retries: RetryPolicy },
  ) {}

  /** Do events arrive, as far as this side can tell? */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Resolves when it hears; however long the broker takes to know the consumer, unless it is stopped before. */
  async start(): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 1; !signal.aborted && !this.bus.nats.isClosed(); tries++) {
      try {
        return await this.consume();
      } catch (error) {
        if (tries === 1) this.hearer.waiting(error);
        await delay(backOffMs(tries, START_BACK_OFF), undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  private async consume(): Promise<void> {
    const name = durableName(this.module, this.event);
    const consumer = await jetstream(this.bus.nats).consumers.get(streams.events.name, name);
    const messages = await consumer.consume({
      max_messages: IN_FLIGHT,
      callback: (msg) => {
        const work = this.settle(msg);
        this.#running.add(work);
        void work.finally(() => this.#running.delete(work));
      },
    });
    this.#messages = messages;
    this.#isHearing = true;
    // The client gives up on a consumer that it finds missing, as after a broker's restart.
    void messages.closed().then(() => {
      this.#isHearing = false;
      return this.start();
    });
  }

  private async settle(msg: JsMsg): Promise<void> {
    const started = performance.now();
    const working = setInterval(() => msg.working(), WORKING_EVERY_MS);
    const deliveries = msg.info.deliveryCount;
    try {
      const payload = this.parse(msg);
      const eventId = msg.headers?.get('Nats-Msg-Id') || `${msg.info.stream}-${msg.seq}`;
      const trace = childTrace(msg.headers?.get(TRACE_HEADER));
      const context = { subject: msg.subject, eventId, deliveries };
      await this.outlast(() => this.hearer.handle(payload, context, trace));
      msg.ack();
      this.hearer.settled('done', performance.now() - started);
    } catch (error) {
      this.hearer.failed(error);
      this.putBack(msg, error, performance.now() - started);
    } finally {
      clearInterval(working);
    }
  }

  /** While a server is away no replica could handle the event: it is held, and does not come nearer to its last delivery. */
  private async outlast(handle: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const until = performance.now() + HOLD_MS;
    for (let failures = 1; ; failures++) {
      try {
        return await handle();
      } catch (error) {
        if (!isOutage(error) || signal.aborted || performance.now() > until) throw error;
        await delay(backOffMs(failures, HOLD_BACK_OFF), undefined, { signal }).catch(() => {});
      }
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
    const mayComeRight = deliveries < retries.lastDelivery && !(error instanceof Poison);
    if (mayComeRight || isOutage(error)) {
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
    this.#stopping.abort();
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
