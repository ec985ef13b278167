import { Metrics } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import type { RunningTask, TaskEvent } from './running-task.js';

const TTFT_BUCKETS = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

/** What the router measures of the tasks it follows. */
@Injectable()
export class TaskMetrics {
  readonly #ttft;
  readonly #tokens;
  readonly #active;
  readonly #ended;
  readonly #forged;

  constructor(metrics: Metrics) {
    this.#ttft = metrics.histogram(
      'ganglion_ttft_ms',
      'Submission to the first token sent to the client, in ms',
      {
        labels: ['via'],
        buckets: TTFT_BUCKETS,
      },
    );
    this.#tokens = metrics.counter('ganglion_streamed_tokens_total', 'Tokens streamed to clients', ['via']);
    this.#active = metrics.gauge('ganglion_active_streams', 'Tasks followed for a client right now', ['via']);
    this.#ended = metrics.counter('ganglion_tasks_ended_total', 'Tasks followed to their end, by outcome', [
      'via',
      'outcome',
    ]);
    this.#forged = metrics.counter(
      'ganglion_forged_frames_total',
      'Frames whose tokens did not give their link',
    );
  }

  /** Starts watching a task; call the result with each event, and `end` when the client was served or left. */
  follow(
    task: RunningTask,
    via: 'rest' | 'socket',
  ): { observe: (event: TaskEvent) => void; end: () => void } {
    let isFirst = true;
    let outcome = 'left';
    this.#active.inc({ via });
    return {
      observe: (event) => {
        if (event.type === 'finalised' || event.type === 'failed') outcome = event.type;
        if (event.type !== 'shown') return;
        if (isFirst) this.#ttft.observe({ via }, performance.now() - task.startedAt);
        isFirst = false;
        this.#tokens.inc({ via }, event.tokens.length);
      },
      end: () => {
        this.#active.dec({ via });
        this.#ended.inc({ via, outcome });
        this.#forged.inc(task.forged);
      },
    };
  }
}
