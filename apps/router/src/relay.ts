import type { ControlRecord, Frame, TaskView } from '@ganglion/contracts';
import { ChoiceRelay, type Shown } from './choice-relay.js';
import { HeldFrames } from './held-frames.js';
import type { Failure } from './task-failure.js';

type Finalised = Extract<ControlRecord, { type: 'finalised' }>;
export type TaskResult = NonNullable<TaskView['result']>;

/** What follows from something heard about a task. After `finalised` or `failed` nothing follows any more. */
export type RelayEvent =
  | { readonly type: 'position'; readonly position: number; readonly etaMs: number | null }
  | ({ readonly type: 'shown' } & Shown)
  /** The task is final, but tokens of it never came: ask for the validated result and give it to `complete`. */
  | { readonly type: 'incomplete' }
  | { readonly type: 'finalised'; readonly record: Finalised }
  | ({ readonly type: 'failed' } & Failure);

interface RelayOptions {
  readonly choices: number;
  readonly silent?: boolean;
  readonly hasLogprobs?: boolean;
}

/** Attempts that ended before they were granted are few; whoever floods control records is not the queue. */
const MAX_FENCED = 1_000;

/**
 * Decides what of one task's feed a client may see. Pure: frames and control records in (late, repeated, out of
 * order or forged), events out. Frames wait until the queue grants their attempt; each must continue the chain;
 * at the end what was shown must be what was committed, and what never came is taken from the validated result.
 */
export class Relay {
  readonly #choices: ChoiceRelay[];
  readonly #held = new HeldFrames();
  readonly #isSilent: boolean;
  readonly #fenced = new Set<number>();
  #granted: { attempt: number; nodeId: string } | undefined;
  #finalised: Finalised | undefined;
  #isEnded = false;

  /** Frames that were dropped: foreign, of no live attempt, or without room. */
  dropped = 0;

  /**
   * `silent` relays show nothing before the end, when the whole answer comes from the validated result. With
   * `hasLogprobs` every piece carries the log-probabilities of its tokens.
   */
  constructor({ choices, silent = false, hasLogprobs = false }: RelayOptions) {
    this.#choices = Array.from({ length: choices }, (_, choice) => new ChoiceRelay(choice, { hasLogprobs }));
    this.#isSilent = silent;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Frames whose tokens did not lead to the link they named. */
  get forged(): number {
    return this.#choices.reduce((sum, { forged }) => sum + forged, 0);
  }

  /** Hears a frame; `nodeId` is from its subject, which the broker guards. */
  frame(nodeId: string, frame: Frame): RelayEvent[] {
    if (this.#isEnded || this.#finalised || this.#isSilent) return [];
    const granted = this.#granted;
    if (granted?.attempt === frame.attempt && granted.nodeId === nodeId) return this.show(frame);
    const isPast = this.#fenced.has(frame.attempt) || (granted && frame.attempt <= granted.attempt);
    if (isPast || frame.choice >= this.#choices.length || !this.#held.hold(nodeId, frame)) this.dropped += 1;
    return [];
  }

  control(record: ControlRecord): RelayEvent[] {
    if (this.#isEnded) return [];
    switch (record.type) {
      case 'position':
        // 0: it no longer waits, which its first tokens say better.
        return record.position === 0 ? [] : [record];
      case 'granted':
        return this.grant(record);
      case 'fenced':
        return this.fence(record.attempt);
      case 'finalised':
        return this.finalise(record);
      case 'failed':
        return this.fail(record);
    }
  }

  /** The validated result, asked for after `incomplete`. */
  complete(result: TaskResult): RelayEvent[] {
    const record = this.#finalised;
    if (this.#isEnded || !record) return [];
    const byChoice = new Map(result.choices.map((choice) => [choice.choice, choice]));
    const shown: RelayEvent[] = [];
    for (const [index, choice] of this.#choices.entries()) {
      const whole = byChoice.get(index);
      if (!whole) continue;
      if (!choice.isPrefixOf(whole.tokens)) return this.diverge(record);
      const rest = choice.complete(whole, whole.head);
      if (rest) shown.push({ type: 'shown', ...rest });
    }
    this.#isEnded = true;
    return [...shown, { type: 'finalised', record }];
  }

  private show(frame: Frame): RelayEvent[] {
    const choice = this.#choices[frame.choice];
    if (!choice) {
      this.dropped += 1;
      return [];
    }
    const shown = choice.hear(frame).map((piece): RelayEvent => ({ type: 'shown', ...piece }));
    return choice.isDiverged ? [...shown, ...this.fail(divergedFailure)] : shown;
  }

  private grant({ attempt, nodeId, choices }: Extract<ControlRecord, { type: 'granted' }>): RelayEvent[] {
    const isOld = this.#granted !== undefined && attempt <= this.#granted.attempt;
    if (isOld || this.#fenced.has(attempt) || this.#finalised) return [];
    this.#granted = { attempt, nodeId };
    for (const { choice, from, head } of choices) this.#choices[choice]?.grant(from, head);
    return this.#held.take(attempt, nodeId).flatMap((frame) => (this.#isEnded ? [] : this.show(frame)));
  }

  private fence(attempt: number): RelayEvent[] {
    if (this.#fenced.size < MAX_FENCED) this.#fenced.add(attempt);
    if (this.#granted?.attempt === attempt) for (const choice of this.#choices) choice.fence();
    return [];
  }

  private finalise(record: Finalised): RelayEvent[] {
    if (this.#finalised) return [];
    this.#finalised = record;
    let isIncomplete = false;
    for (const { choice: index, count, head } of record.choices) {
      const choice = this.#choices[index];
      if (!choice || choice.count < count) isIncomplete = true;
      // What a cancelled miner still said after its last accepted token is not part of the answer, nor a lie.
      else if (choice.count > count && record.state === 'FINALISED') return this.diverge(record);
      else if (choice.count === count && choice.head !== undefined && choice.head !== head && count > 0)
        return this.diverge(record);
    }
    if (isIncomplete) return [{ type: 'incomplete' }];
    this.#isEnded = true;
    return [{ type: 'finalised', record }];
  }

  private diverge({ taskId }: Finalised): RelayEvent[] {
    return this.fail({ ...divergedFailure, taskId });
  }

  private fail({ state, reason }: Failure & { taskId?: string }): RelayEvent[] {
    this.#isEnded = true;
    return [{ type: 'failed', state, reason }];
  }
}

const divergedFailure: Failure = {
  state: 'FAILED',
  reason: {
    code: 'stream_diverged',
    message:
      'the committed answer is not the one that was streamed: discard what you have, and read the task again',
  },
};
