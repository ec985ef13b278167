import { setTimeout as delay } from 'node:timers/promises';
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
  readonly #watched = new Map<string, Listener & { readonly begun: Promise<void> }>();

  constructor(
    private readonly bus: Bus,
    private readonly store: DispatchStore,
  ) {}

  start(claim: Claim): void {
    if (this.#watched.has(claim.attemptId)) return;
    const { taskId } = claim.submitted;
    let isFirst = true;
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const listener = this.bus.feed(taskId, {
      frame: (nodeId, frame) => {
        if (!isFirst || nodeId !== claim.nodeId || frame.attempt !== claim.attempt) return;
        isFirst = false;
        begin();
        this.store
          .firstFrame(claim)
          .catch((error: unknown) => this.#log.error(`first frame: ${String(error)}`));
      },
      control: ({ type }) => {
        if (type === 'finalised' || type === 'failed') this.stop(claim);
      },
    });
    this.#watched.set(claim.attemptId, { close: () => listener.close(), begun });
  }

  /** Waits for the first frame of an attempt that is watched; false when none came in time. */
  async hasBegun({ attemptId }: Claim, withinMs: number): Promise<boolean> {
    const watched = this.#watched.get(attemptId);
    if (!watched) return false;
    const isLate = new AbortController();
    const late = delay(withinMs, false, { signal: isLate.signal }).catch(() => false);
    const hasBegun = await Promise.race([watched.begun.then(() => true), late]);
    isLate.abort();
    return hasBegun;
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
