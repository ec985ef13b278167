import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { isPresent, vanish } from './coming-and-going.js';
import { wake } from './judgement.js';
import { NodeStore } from './node.store.js';
import { PresenceService } from './presence.service.js';
import { type PresentNode, PresenceStore } from './presence.store.js';
import { isHeard, silentNodes } from './silence.js';

const SILENT = { code: 'silent', message: 'it has not been heard for ten seconds' };

/** Marks who has fallen silent, and wakes whose quarantine has ended. */
@Injectable()
export class SilenceService {
  readonly #log = new Logger('Silence');
  #isFlap = false;

  constructor(
    private readonly nodes: NodeStore,
    private readonly store: PresenceStore,
    private readonly presence: PresenceService,
    private readonly clock: Clock,
  ) {}

  /** Answers the nodes that are there, and were heard lately. */
  async settle(): Promise<PresentNode[]> {
    await this.presence.flush();
    await this.wakeRested();
    const present = await this.markSilent(await this.store.present());
    const now = this.clock.ms();
    return present.filter((node) => isHeard(node, now));
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
}
