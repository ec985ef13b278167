import { Fault, type InputOf, jobs, type nodePool, type OutputOf } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { LoaderStore } from './loader.store.js';
import { chooseLoaders, startLoading, stopLoading } from './model-switch.js';
import { NodeStore } from './node.store.js';

/** Has idle nodes load a model that sessions wait for. */
@Injectable()
export class LoadService {
  readonly #log = new Logger('Load');

  constructor(
    private readonly store: LoaderStore,
    private readonly nodes: NodeStore,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Answers how many are loading it then, those from before among them. @throws Fault `NOT_FOUND` */
  async load(wanted: InputOf<typeof nodePool.load>): Promise<OutputOf<typeof nodePool.load>> {
    const { modelDigest } = wanted;
    const model = await this.store.nameOf(modelDigest);
    if (model === undefined)
      throw new Fault('NOT_FOUND', `modelDigest: ${modelDigest} is not registered; join with it first`);
    const { loaders, supply } = await this.store.loaders(wanted);
    const now = this.clock.now();
    for (const nodeId of chooseLoaders(loaders, { supply, wanted: wanted.limit, now }))
      await this.order(nodeId, { model, modelDigest });
    return { loading: await this.store.countLoading(wanted) };
  }

  /** The row first: a node that has taken the order is away before we hear of it again. */
  private async order(nodeId: string, job: InputOf<typeof jobs.load>): Promise<void> {
    let isStarted = false;
    await this.nodes.change(nodeId, (node, now) => {
      const change = startLoading(node, job.modelDigest, now);
      isStarted = change !== null;
      return change;
    });
    if (!isStarted) return;
    try {
      await this.bus.order(jobs.load, nodeId, job);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#log.warn({ message: `did not take the order to load: ${error.message}`, nodeId, ...job });
      await this.nodes.change(nodeId, (node) => stopLoading(node, job.modelDigest));
    }
  }
}
