import { Bus, type Listener } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { type Claim, DispatchStore } from './dispatch.store.js';

/** Hears the frames of attempts this replica dispatched: the first one moves the attempt to STREAMING. */
@Injectable()
export class FrameWatch {
  readonly #log = new Logger(FrameWatch.name);
  readonly #watched = new Map<string, Listener>();

  constructor(
    private readonly bus: Bus,
    private readonly store: DispatchStore,
  ) {}

  start(claim: Claim): void {
    const { taskId } = claim.submitted;
    let isFirst = true;
    const listener = this.bus.feed(taskId, {
      frame: (nodeId, frame) => {
        if (!isFirst || nodeId !== claim.nodeId || frame.attempt !== claim.attempt) return;
        isFirst = false;
        this.store
          .firstFrame(claim)
          .catch((error: unknown) => this.#log.error(`first frame: ${String(error)}`));
      },
      control: ({ type }) => {
        if (type === 'finalised' || type === 'failed') this.stop(claim);
      },
    });
    this.#watched.set(claim.attemptId, listener);
  }

  stop({ attemptId }: Pick<Claim, 'attemptId'>): void {
    this.#watched.get(attemptId)?.close();
    this.#watched.delete(attemptId);
  }
}
