import type { Frame } from '@ganglion/contracts';
import { Bus, type Listener, readFrames } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import type { Claim } from './claim.store.js';
import type { LiveAttempt } from './commit.store.js';
import { DispatchStore } from './dispatch.store.js';

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
    if (this.#watched.has(claim.attemptId)) return;
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

  /** What the broker kept of an attempt's frames, and how many messages of its node for the task are none. */
  async streamed({ taskId, nodeId, attempt }: LiveAttempt): Promise<{ frames: Frame[]; malformed: number }> {
    const { frames, malformed } = await readFrames(this.bus, nodeId, taskId);
    return {
      frames: frames.map(({ frame }) => frame).filter((frame) => frame.attempt === attempt),
      malformed,
    };
  }

  /** May a client have seen tokens of this attempt? The broker knows of frames whose first is not yet in our rows. */
  async wasShown(found: LiveAttempt): Promise<boolean> {
    if (found.silent || found.firstFrameAt !== null) return !found.silent;
    return (await this.streamed(found)).frames.length > 0;
  }
}
