import { Fault, type InputOf, type jobs, type OutputOf } from '@ganglion/contracts';
import type { Slots } from './slots.js';

/** A model that a node may be told to load. */
export interface LoadableModel {
  readonly id: string;
  readonly digest: string;
}

export interface LoadingOptions {
  readonly models: readonly LoadableModel[];
  readonly slots: Slots;
  /** Told once: whoever runs the node is to end it, and to start it again with this model. */
  readonly ordered: (model: LoadableModel) => void;
}

/** Takes the order to load another model. */
export class Loading {
  #isOrdered = false;

  constructor(private readonly options: LoadingOptions) {}

  /** @throws Fault `NOT_FOUND` when it may not load the model, `BUSY` while it computes, `CONFLICT` when it was told before */
  order({ model, modelDigest }: InputOf<typeof jobs.load>): OutputOf<typeof jobs.load> {
    const { models, slots, ordered } = this.options;
    const known = models.find(({ digest }) => digest === modelDigest);
    if (!known) {
      const own = models.map(({ id }) => id).join(', ') || 'no other than its own';
      throw new Fault(
        'NOT_FOUND',
        `modelDigest: this node may not load ${model} (${modelDigest}), but ${own}`,
      );
    }
    if (slots.busy > 0)
      throw new Fault('BUSY', `${slots.busy} of ${slots.total} slots compute; ask when it is idle`);
    if (this.#isOrdered) throw new Fault('CONFLICT', 'this node is about to load another model');
    this.#isOrdered = true;
    ordered(known);
    return { accepted: true };
  }
}
