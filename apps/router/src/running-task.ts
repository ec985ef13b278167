import { Fault, sessionQueue, type TaskView } from '@ganglion/contracts';
import type { Bus, Listener } from '@ganglion/messaging';
import type { Clock } from '@ganglion/runtime';
import { EventBuffer } from './event-buffer.js';
import { Relay, type RelayEvent } from './relay.js';
import type { Failure } from './task-failure.js';

/** What a running task tells its adapter (REST or socket). */
export type TaskEvent = Exclude<RelayEvent, { type: 'incomplete' }>;

export interface RunningTaskOptions {
  readonly taskId: string;
  readonly choices: number;
  /** Nothing is shown before the end. */
  readonly silent: boolean;
  /** Log-probabilities were asked for. */
  readonly hasLogprobs: boolean;
  /** Epoch ms by the clock after which no more is waited for. */
  readonly deadline: number;
  /** Told once, when the task ended or was left. */
  readonly onEnd: (task: RunningTask) => void;
  /** Told of what went wrong and must not stop the task. */
  readonly onError: (error: unknown) => void;
}

/** After this long without a word the queue is asked. */
const SILENCE_MS = 3_000;
/** The queue expires a task itself; only when not even that is heard does the router give up. */
const GRACE_MS = 30_000;

/**
 * One task as its router follows it: listens before the task is submitted, relays what may be shown, asks the queue
 * when nothing is heard, and ends exactly once.
 */
export class RunningTask {
  readonly taskId: string;
  sessionId = '';
  position = 0;
  /** On the steady clock, in ms: before the task was submitted. */
  readonly startedAt = performance.now();
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #options: RunningTaskOptions;
  readonly #relay: Relay;
  readonly #buffer = new EventBuffer();
  readonly #listener: Listener;
  readonly #outset = beginning();
  #heardAt: number;
  #isEnded = false;

  constructor(bus: Bus, clock: Clock, options: RunningTaskOptions) {
    this.taskId = options.taskId;
    this.#bus = bus;
    this.#clock = clock;
    this.#options = options;
    const { choices, silent, hasLogprobs } = options;
    this.#relay = new Relay({ choices, silent, hasLogprobs });
    this.#heardAt = clock.ms();
    this.#listener = bus.feed(options.taskId, {
      frame: (nodeId, frame) => this.apply(this.#relay.frame(nodeId, frame)),
      control: (record) => this.apply(this.#relay.control(record)),
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get forged(): number {
    return this.#relay.forged;
  }

  /**
   * The failure that comes before anything is shown, if it comes within `ms`: most refusals do, and an HTTP status
   * tells them better than the end of a stream that has begun.
   */
  async earlyFailure(ms: number): Promise<Failure | undefined> {
    const over = new AbortController();
    const failure = await Promise.race([this.#outset.promise, this.#clock.sleep(ms, over.signal)]);
    over.abort();
    return failure ?? undefined;
  }

  /** Everything that happens, until `finalised` or `failed`. Read by one reader. */
  async *events(): AsyncGenerator<TaskEvent, void, void> {
    for (let event = await this.#buffer.next(); event; event = await this.#buffer.next())
      if (event.type !== 'incomplete') yield event;
  }

  /** The reader is gone: what still runs for it is cancelled. */
  async leave(message: string): Promise<void> {
    if (this.#isEnded) return;
    this.end();
    await this.#bus
      .request(sessionQueue.cancel, { taskId: this.taskId, reason: { code: 'client_gone', message } })
      .catch(this.#options.onError);
  }

  /** Stops following; the task itself goes on. */
  abandon(code: string, message: string): void {
    this.apply(this.#relay.control(failed(this.taskId, code, message)));
  }

  /** Asks the queue how the task stands, if nothing was heard for long. Called every second. */
  async watch(): Promise<void> {
    const now = this.#clock.ms();
    if (this.#isEnded || now - this.#heardAt < SILENCE_MS) return;
    this.#heardAt = now;
    const view = await this.ask();
    if (view) this.apply(this.conclude(view));
    if (!this.#isEnded && now > this.#options.deadline + GRACE_MS)
      this.abandon('stream_lost', 'the network does not say how the task ended: read the task again later');
  }

  private apply(events: RelayEvent[]): void {
    this.#heardAt = this.#clock.ms();
    for (const event of events) {
      if (this.#isEnded) return;
      if (event.type !== 'position' && event.type !== 'incomplete')
        this.#outset.resolve(event.type === 'failed' ? event : undefined);
      if (event.type === 'incomplete') void this.fetchResult();
      else if (!this.#buffer.push(event)) return void this.refuseSlow();
      if (event.type === 'finalised' || event.type === 'failed') this.end();
    }
  }

  private end(): void {
    this.#isEnded = true;
    this.#listener.close();
    this.#buffer.close();
    this.#options.onEnd(this);
  }

  private async refuseSlow(): Promise<void> {
    const reason = {
      code: 'client_too_slow',
      message: 'the stream was read too slowly: read faster, or ask without stream',
    };
    this.#buffer.push({ type: 'failed', state: 'CANCELLED', reason });
    await this.leave(reason.message);
  }

  /** The end is known but tokens are missing here; the silence watch repeats this if it fails. */
  private async fetchResult(): Promise<void> {
    const view = await this.ask();
    if (view?.result && !this.#isEnded) this.apply(this.#relay.complete(view.result));
  }

  /** The task as the queue has it; undefined when it cannot say (yet). */
  private async ask(): Promise<TaskView | undefined> {
    try {
      return await this.#bus.request(sessionQueue.get, { taskId: this.taskId });
    } catch (error) {
      if (!(error instanceof Fault)) this.#options.onError(error);
      return undefined;
    }
  }

  /** A view of the queue, as if its control records had been heard. */
  private conclude(view: TaskView): RelayEvent[] {
    const { taskId, state, result, reason } = view;
    if ((state === 'FINALISED' || state === 'CANCELLED') && result) {
      const events = this.#relay.control({
        type: 'finalised',
        taskId,
        state,
        verdict: result.verdict,
        choices: result.choices.map(({ choice, tokens, head, finish }) => ({
          choice,
          count: tokens.length,
          head,
          finish,
        })),
        promptTokens: result.promptTokens,
        completionTokens: result.completionTokens,
        receiptId: taskId,
      });
      return this.#relay.isEnded ? events : this.#relay.complete(result);
    }
    if (state === 'FAILED' || state === 'EXPIRED' || state === 'CANCELLED') {
      const why = reason ?? { code: state.toLowerCase(), message: `the task is ${state}` };
      return this.#relay.control({ type: 'failed', taskId, state, reason: why });
    }
    if (state === 'QUEUED') return [{ type: 'position', position: view.position, etaMs: view.etaMs }];
    return [];
  }
}

/** What a task begins with: undefined for its first token or a good end, the failure otherwise. */
const beginning = () => {
  let resolve!: (failure: Failure | undefined) => void;
  const promise = new Promise<Failure | undefined>((settle) => (resolve = settle));
  return { promise, resolve };
};

const failed = (taskId: string, code: string, message: string) => ({
  type: 'failed' as const,
  taskId,
  state: 'FAILED' as const,
  reason: { code, message },
});
