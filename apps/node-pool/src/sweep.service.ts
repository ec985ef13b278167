import type { nodePool, OutputOf } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { drawChallenges } from './challenge-draw.js';
import { isPresent, vanish } from './coming-and-going.js';
import { wake } from './judgement.js';
import { NodeStore } from './node.store.js';
import { PresenceService } from './presence.service.js';
import { type PresentNode, PresenceStore } from './presence.store.js';
import { ProbeTurns } from './probe-turns.js';
import { isHeard, silentNodes } from './silence.js';

type Sweep = OutputOf<typeof nodePool.sweep>;

const SILENT = { code: 'silent', message: 'it has not been heard for ten seconds' };

const FORGET_EVERY_MS = 60_000;

/** The clock's turn at the pool. Repeating it, or doing it in two replicas at once, does no harm. */
@Injectable()
export class SweepService {
  readonly #log = new Logger('Sweep');
  readonly #probes = new ProbeTurns();
  #isFlap = false;
  #forgetAt = 0;

  constructor(
    private readonly nodes: NodeStore,
    private readonly store: PresenceStore,
    private readonly presence: PresenceService,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<Sweep> {
    await this.presence.flush();
    await this.wakeRested();
    const present = await this.markSilent(await this.store.present());
    const now = this.clock.ms();
    if (now >= this.#forgetAt) await this.store.forgetOldNonces(this.clock.now());
    if (now >= this.#forgetAt) this.#forgetAt = now + FORGET_EVERY_MS;
    const heard = present.filter((node) => isHeard(node, now));
    return {
      due: await this.due(heard.filter(({ state }) => state === 'TESTING')),
      probe: this.#probes.take(
        heard.filter(({ state }) => state !== 'DRAINING').map(({ id }) => id),
        now,
      ),
    };
  }

  private async wakeRested(): Promise<void> {
    for (const { id, lastSeenAt } of await this.store.rested(this.clock.now())) {
      await this.nodes.change(id, (node, now) => wake(node, now, isHeard({ lastSeenAt }, now.getTime())));
    }
  }

  /** Answers who is left. */
  private async markSilent(present: PresentNode[]): Promise<PresentNode[]> {
    const judged = { now: this.clock.ms(), listeningSince: this.presence.listeningSince() };
    const { silent, isFlap } = silentNodes(present, judged);
    if (isFlap !== this.#isFlap) this.#log.warn(isFlap ? 'most nodes fell silent at once' : 'nodes are back');
    this.#isFlap = isFlap;
    for (const id of silent) {
      // Another replica may have heard it since the list was made.
      await this.nodes.change(id, (node, now) =>
        isPresent(node) && !isHeard(node, now.getTime()) ? vanish(node, SILENT) : null,
      );
    }
    return silent.length === 0 ? present : this.store.present();
  }

  /** Who waits for a test, by model; a model without challenges cannot be tested. */
  private async due(testing: readonly PresentNode[]): Promise<Sweep['due']> {
    const digests = [...new Set(testing.map(({ modelDigest }) => modelDigest))];
    const exams = await this.store.examsFor(digests);
    return digests.flatMap((modelDigest) => {
      const exam = exams.get(modelDigest);
      if (!exam || exam.challenges.length === 0) return [];
      const nodes = testing.filter((node) => node.modelDigest === modelDigest);
      const challenges = drawChallenges(exam.challenges);
      return [{ modelDigest, model: exam.model, challenges, nodeIds: nodes.map(({ id }) => id) }];
    });
  }
}
