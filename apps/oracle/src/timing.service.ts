import { cognitive } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { Stopwatch } from './stopwatch.js';

/** Longer than a round may last: whatever has not ended by then is reported as far as it was seen. */
const GIVE_UP_AFTER_MS = 240_000;

interface Watch {
  epoch: number;
  nodeId: string;
  stopwatch: Stopwatch;
  feed: Listener;
  until: number;
}

/** Times the tasks of rounds by the frames that this oracle hears itself: what a node says of its speed is not asked. */
@Injectable()
export class TimingService {
  readonly #log = new Logger(TimingService.name);
  readonly #watches = new Map<string, Watch>();

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Listens to a task from now on; its figures are reported when it ends. */
  watch(epoch: number, { nodeId, taskId }: { nodeId: string; taskId: string }): void {
    if (this.#watches.has(taskId)) return;
    const stopwatch = new Stopwatch(nodeId, performance.now());
    const reportIfDone = (): void => {
      if (stopwatch.isDone) void this.report(taskId);
    };
    const feed = this.bus.feed(taskId, {
      frame: (sender, frame) => {
        stopwatch.frame(sender, frame, performance.now());
        reportIfDone();
      },
      control: (record) => {
        stopwatch.control(record, performance.now());
        reportIfDone();
      },
    });
    this.#watches.set(taskId, {
      epoch,
      nodeId,
      stopwatch,
      feed,
      until: this.clock.ms() + GIVE_UP_AFTER_MS,
    });
  }

  /** Reports what was waited for too long, as far as it was seen. */
  async giveUp(): Promise<void> {
    const now = this.clock.ms();
    const late = [...this.#watches].filter(([, { until }]) => until <= now);
    await Promise.all(late.map(([taskId]) => this.report(taskId)));
  }

  stop(): void {
    for (const { feed } of this.#watches.values()) feed.close();
    this.#watches.clear();
  }

  /** Best effort: a verdict that waits for its timing goes on without after a while. */
  private async report(taskId: string): Promise<void> {
    const watch = this.#watches.get(taskId);
    if (!watch) return;
    this.#watches.delete(taskId);
    watch.feed.close();
    const { epoch, nodeId, stopwatch } = watch;
    try {
      const seen = { measured: stopwatch.measured(), span: stopwatch.span(performance.timeOrigin) };
      await this.bus.request(cognitive.timed, { epoch, taskId, nodeId, ...seen });
    } catch (error) {
      this.#log.warn(`the timing of task ${taskId} was not taken: ${(error as Error).message}`);
    }
  }
}
