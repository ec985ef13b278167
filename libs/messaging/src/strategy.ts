import { type Answerable, type Event, Fault, type ModuleName } from '@ganglion/contracts';
import type { Msg, Subscription } from '@nats-io/nats-core';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Bus } from './bus.js';
import { DurableHearing, patientRetries, type RetryPolicy } from './durable.js';
import type { MessageContext } from './handles.js';
import { isOutage } from './outage.js';
import { childTrace, inTrace, TRACE_HEADER } from './trace.js';
import { encodeFault, isOwnInbox, parseWire } from './wire.js';

/** What a running strategy reports: for metrics and logs. */
export interface StrategyObserver {
  answered(subject: string, outcome: string, ms: number): void;
  heard(subject: string, outcome: 'done' | 'retried' | 'dead', ms: number): void;
  /** A bug: an error that is no Fault. */
  failed(subject: string, error: unknown): void;
  /** A server that this module needs was away when the message came. */
  missed(subject: string, error: unknown): void;
}

/** Serves `@Handles` methods by request/reply, and `@On` methods from durable JetStream consumers, on one connection. */
export class NatsStrategy extends Server implements CustomTransportStrategy {
  /** An event's failure must reach us, because it decides between ack and redelivery. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #subscriptions: Subscription[] = [];
  readonly #hearings: DurableHearing[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly module: ModuleName,
    private readonly observer: StrategyObserver,
    private readonly retries: RetryPolicy = patientRetries,
  ) {
    super();
  }

  async listen(ready: (error?: unknown) => void): Promise<void> {
    try {
      for (const handler of this.messageHandlers.values()) {
        if (handler.isEventHandler) await this.hear(handler);
        else this.answerOn(handler);
      }
      await this.bus.nats.flush();
      ready();
    } catch (error) {
      ready(error);
    }
  }

  private answerOn(handler: MessageHandler): void {
    const message = handler.extras?.['message'] as Answerable;
    const subscription = this.bus.nats.subscribe(message.subject, {
      queue: this.module,
      callback: (error, msg) => {
        if (!error) this.track(this.answer(message, handler, msg));
      },
    });
    this.#subscriptions.push(subscription);
  }

  private async hear(handler: MessageHandler): Promise<void> {
    const event = handler.extras?.['message'] as Event;
    const hearing = new DurableHearing(this.bus, this.module, event, {
      handle: (payload, context, trace) =>
        inTrace(trace, () => this.call(handler, payload, context)).then(() => {}),
      retries: this.retries,
      settled: (outcome, ms) => this.observer.heard(event.subject, outcome, ms),
      failed: (error) => this.report(event.subject, error),
      waiting: (error) => this.observer.missed(event.subject, error),
    });
    this.#hearings.push(hearing);
    await hearing.start();
  }

  private track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  private async answer(message: Answerable, handler: MessageHandler, msg: Msg): Promise<void> {
    const started = performance.now();
    const nodeId = message.kind === 'node-request' ? msg.subject.split('.')[1] : undefined;
    const mayReply = isOwnInbox(msg.reply, nodeId);
    const settle = (outcome: string) =>
      this.observer.answered(message.subject, outcome, performance.now() - started);
    if (!mayReply) return settle('FOREIGN_REPLY');
    try {
      const input = parseWire(message.input, msg);
      const context: MessageContext = { subject: msg.subject, deliveries: 1, ...(nodeId ? { nodeId } : {}) };
      const trace = childTrace(msg.headers?.get(TRACE_HEADER));
      const output = await inTrace(trace, () => this.call(handler, input, context));
      msg.respond(JSON.stringify(output ?? {}));
      settle('OK');
    } catch (error) {
      settle(this.refuse(message.subject, msg, error));
    }
  }

  private refuse(subject: string, msg: Msg, error: unknown): string {
    this.report(subject, error);
    const fault = error instanceof Fault ? error : isOutage(error) ? outageFault(this.module) : internalFault;
    const { data, options } = encodeFault(fault);
    if (!this.bus.nats.isClosed()) msg.respond(data, options);
    return fault.code;
  }

  private report(subject: string, error: unknown): void {
    if (error instanceof Fault) return;
    if (isOutage(error)) this.observer.missed(subject, error);
    else this.observer.failed(subject, error);
  }

  private async call(handler: MessageHandler, input: unknown, context: MessageContext): Promise<unknown> {
    return lastValueFrom(this.transformToObservable(await handler(input, context)), {
      defaultValue: undefined,
    });
  }

  /** Do all events arrive that this module hears? */
  get isHearing(): boolean {
    return this.#hearings.every(({ isHearing }) => isHearing);
  }

  /** Stops taking messages and waits for those being handled. */
  async close(): Promise<void> {
    for (const hearing of this.#hearings) await hearing.stop();
    for (const subscription of this.#subscriptions)
      if (!subscription.isClosed()) await subscription.drain().catch(() => {});
    await Promise.allSettled(this.#running);
  }

  on(): never {
    throw new Error('NatsStrategy emits no events');
  }

  unwrap<T>(): T {
    return this.bus.nats as T;
  }
}

const internalFault = new Fault('INTERNAL', 'an internal error; it was logged');

const outageFault = (module: ModuleName): Fault =>
  new Fault('UNAVAILABLE', `a server that ${module} needs is away: try again later`);
