import { type cognitive, Fault, type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { LeaderStore } from './leader.store.js';
import { noteTimed } from './note.js';
import type { News } from './progress.store.js';
import { ProgressService } from './progress.service.js';
import { freeze } from './request.js';
import { RoundStore } from './round.store.js';

/** The most nodes that one round tests together. */
const PARTICIPANTS = 8;
/** Below the time the oracle waits for its tick. */
const SWEEP_TIMEOUT_MS = 3_000;

/** What the oracle drives. */
@Injectable()
export class CognitiveService implements BeforeApplicationShutdown {
  readonly #log = new Logger(CognitiveService.name);
  #sweep: Promise<void> | null = null;
  #isSweepWanted = false;
  #isStopping = false;

  constructor(
    private readonly rounds: RoundStore,
    private readonly leaders: LeaderStore,
    private readonly progress: ProgressService,
    private readonly bus: Bus,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.swept();
  }

  /** Resolves when no sweep is under way. */
  async swept(): Promise<void> {
    await this.#sweep;
  }

  /** The clock's turn. Rounds are swept beside the answer, so that a slow queue does not hold the clock. */
  async tick({ epoch, oracleId }: InputOf<typeof cognitive.tick>): Promise<OutputOf<typeof cognitive.tick>> {
    await this.leaders.check({ epoch, oracleId });
    this.sweepSoon();
    const { due, probe } = await this.bus.request(nodePool.sweep, { epoch }, { timeoutMs: SWEEP_TIMEOUT_MS });
    const busy = await this.rounds.busy(due.flatMap(({ nodeIds }) => nodeIds));
    const free = due.map((group) => ({
      ...group,
      nodeIds: group.nodeIds.filter((nodeId) => !busy.has(nodeId)),
    }));
    return { due: free.filter(({ nodeIds }) => nodeIds.length > 0), probe };
  }

  /** Opens a round up to PREPARED; the next tick starts it, so that the oracle can listen to its tasks before. */
  async open(input: InputOf<typeof cognitive.open>): Promise<OutputOf<typeof cognitive.open>> {
    const { epoch, oracleId, model, modelDigest, nodeIds, challenge } = input;
    if (nodeIds.length > PARTICIPANTS)
      throw new Fault('INVALID', `nodeIds: at most ${PARTICIPANTS} nodes per round; open several rounds`);
    if (new Set(nodeIds).size < nodeIds.length)
      throw new Fault('INVALID', 'nodeIds: a node is named twice; name each once');
    const request = freeze(challenge, { id: model, digest: modelDigest });
    return this.rounds.open({
      epoch,
      oracleId,
      model: { id: model, digest: modelDigest },
      nodeIds,
      challenge,
      request,
    });
  }

  /** Takes the oracle's timing of a task; for a participant that was judged already it changes nothing. */
  async timed(input: InputOf<typeof cognitive.timed>): Promise<Record<string, never>> {
    await this.leaders.checkEpoch(input.epoch);
    const isHeard = await this.hear(input.taskId, {
      notes: ({ participants }) =>
        participants.some(({ taskId, nodeId }) => taskId === input.taskId && nodeId === input.nodeId)
          ? [noteTimed(input)]
          : [],
    });
    if (!isHeard) throw new Fault('NOT_FOUND', `taskId: ${input.taskId} is no task of a round`);
    return {};
  }

  /** Takes news of a task to its round; false when the task is no test. */
  async hear(taskId: string, news: News): Promise<boolean> {
    const roundId = await this.rounds.roundOf(taskId);
    if (roundId === null) return false;
    await this.progress.drive(roundId, news);
    return true;
  }

  /** Sweeps the live rounds now, or once more when a sweep is under way that may have passed the newest. */
  private sweepSoon(): void {
    this.#isSweepWanted = true;
    this.#sweep ??= this.sweep().finally(() => (this.#sweep = null));
  }

  private async sweep(): Promise<void> {
    while (this.#isSweepWanted && !this.#isStopping) {
      this.#isSweepWanted = false;
      try {
        const live = await this.rounds.live();
        await Promise.all(live.map((roundId) => this.progress.drive(roundId)));
      } catch (error) {
        this.#log.error(`the sweep failed: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  }
}
