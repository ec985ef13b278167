import { randomInt } from 'node:crypto';
import type { nodePool, OutputOf } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { drawChallenges } from './challenge-draw.js';
import { NodePoolConfig } from './node-pool.config.js';
import { type PresentNode, PresenceStore } from './presence.store.js';
import { drawServing, TEST_MS } from './serving-draw.js';

type Due = OutputOf<typeof nodePool.sweep>['due'];
type Exams = Awaited<ReturnType<PresenceStore['examsFor']>>;

const LOTS = 2 ** 47;
/** Whoever could foresee it would know when to be honest. */
const unforeseeable = (): number => randomInt(LOTS) / LOTS;

/** Whose turn it is to be tested. */
@Injectable()
export class DueService {
  #drawnAt: number | undefined;

  constructor(
    private readonly store: PresenceStore,
    private readonly config: NodePoolConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Of the nodes that are there: who waits for a test, and by lot some of those that serve, in groups by model. A model
   * without challenges cannot be tested.
   */
  async due(present: readonly PresentNode[]): Promise<Due> {
    const waiting = present.filter(({ state }) => state === 'TESTING');
    const serving = await this.drawn(present.filter(({ state }) => state === 'RESERVED'));
    const digests = [...new Set([...waiting, ...serving].map(({ modelDigest }) => modelDigest))];
    if (digests.length === 0) return [];
    const exams = await this.store.examsFor(digests);
    return [
      ...grouped(waiting, exams),
      ...grouped(serving, exams).map((group) => ({ ...group, serving: true })),
    ];
  }

  private async drawn(reserved: readonly PresentNode[]): Promise<PresentNode[]> {
    const now = this.clock.ms();
    const elapsedMs = now - (this.#drawnAt ?? now);
    this.#drawnAt = now;
    const { servingTestMs: meanMs } = this.config.rules;
    const drawn = drawServing(reserved, { now, elapsedMs, meanMs, random: unforeseeable });
    if (drawn.length === 0) return [];
    const kept = await this.store.keepDrawn(
      drawn.map(({ id }) => id),
      { at: this.clock.now(), before: new Date(now - TEST_MS) },
    );
    return drawn.filter(({ id }) => kept.has(id));
  }
}

const grouped = (nodes: readonly PresentNode[], exams: Exams): Due =>
  [...new Set(nodes.map(({ modelDigest }) => modelDigest))].flatMap((modelDigest) => {
    const exam = exams.get(modelDigest);
    if (!exam || exam.challenges.length === 0) return [];
    const nodeIds = nodes.filter((node) => node.modelDigest === modelDigest).map(({ id }) => id);
    return [{ modelDigest, model: exam.model, challenges: drawChallenges(exam.challenges), nodeIds }];
  });
