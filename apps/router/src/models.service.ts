import { type ModelView, nodePool } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { findModel } from './model-aliases.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';

const CACHE_MS = 2_000;

/** The models of the network, remembered shortly and forgotten when one is registered. */
@Injectable()
export class ModelsService implements OnModuleInit, OnModuleDestroy {
  #known: { models: Promise<ModelView[]>; until: number } | undefined;
  #listener: Listener | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    @Inject(ROUTER_CONFIG) private readonly config: RouterConfig,
  ) {}

  onModuleInit(): void {
    this.#listener = this.bus.overhear(nodePool.modelRegistered, () => (this.#known = undefined));
  }

  onModuleDestroy(): void {
    this.#listener?.close();
  }

  get aliases(): ReadonlyMap<string, string> {
    return this.config.MODEL_ALIASES;
  }

  async list(): Promise<ModelView[]> {
    if (this.#known && this.#known.until > this.clock.ms()) return this.#known.models;
    const models = this.bus.request(nodePool.models, {}).then((answer) => answer.models);
    const known = { models, until: this.clock.ms() + CACHE_MS };
    this.#known = known;
    models.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return models;
  }

  /** The model a client names by id or alias. @throws Fault NOT_FOUND naming the models there are. */
  async find(name: string): Promise<ModelView> {
    return findModel(await this.list(), this.config.MODEL_ALIASES, name);
  }
}
