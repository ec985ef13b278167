import type { Frame } from '@ganglion/contracts';
import { weightOf } from './logprobs.js';

const MAX_FRAMES = 2_048;
const MAX_CHARACTERS = 1_000_000;

/** Frames of attempts the queue has not granted yet. Bounded: whoever knows a task's id could send many. */
export class HeldFrames {
  readonly #byAttempt = new Map<string, Frame[]>();
  #frames = 0;
  #characters = 0;

  /** Keeps a frame; false when there is no room (the validated result will fill the gap). */
  hold(nodeId: string, frame: Frame): boolean {
    const characters = weigh(frame);
    if (this.#frames >= MAX_FRAMES || this.#characters + characters > MAX_CHARACTERS) return false;
    const key = keyOf(frame.attempt, nodeId);
    const frames = this.#byAttempt.get(key) ?? [];
    frames.push(frame);
    this.#byAttempt.set(key, frames);
    this.#frames += 1;
    this.#characters += characters;
    return true;
  }

  /** The frames of one attempt, in the order they came; they are no longer held. */
  take(attempt: number, nodeId: string): Frame[] {
    const frames = this.#byAttempt.get(keyOf(attempt, nodeId)) ?? [];
    this.#byAttempt.delete(keyOf(attempt, nodeId));
    this.#frames -= frames.length;
    for (const frame of frames) this.#characters -= weigh(frame);
    return frames;
  }
}

const keyOf = (attempt: number, nodeId: string): string => `${attempt} ${nodeId}`;

const weigh = ({ tokens, logprobs }: Frame): number =>
  tokens.reduce((sum, [, text]) => sum + 16 + text.length, 64) + weightOf(logprobs);
