import type { InputOf, nodePool, OutputOf } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { CandidateStore } from './candidate.store.js';
import { LoaderStore } from './loader.store.js';
import { allowanceFor } from './newcomers.js';
import { PopulationStore } from './population.store.js';
import { rank } from './ranking.js';

/** Nodes for sessions. */
@Injectable()
export class SelectionService {
  constructor(
    private readonly candidates: CandidateStore,
    private readonly loaders: LoaderStore,
    private readonly populations: PopulationStore,
  ) {}

  /** The best first; a session that may use its owner's own nodes gets those before the network's. */
  async find(wanted: InputOf<typeof nodePool.find>): Promise<OutputOf<typeof nodePool.find>> {
    const [free, able, loading, population] = await Promise.all([
      this.candidates.free(wanted),
      this.candidates.countAble(wanted),
      this.loaders.countLoading(wanted),
      this.populations.of(wanted.modelDigest),
    ]);
    const ranked = rank(free, allowanceFor(population));
    const ownFirst = [
      ...ranked.filter(({ dedicated }) => dedicated),
      ...ranked.filter(({ dedicated }) => !dedicated),
    ];
    return { candidates: ownFirst.slice(0, wanted.limit).map(({ view }) => view), ...able, loading };
  }
}
