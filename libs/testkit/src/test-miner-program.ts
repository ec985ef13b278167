import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, openEngine } from '@ganglion/inference';
import { MinerNode } from '@ganglion/node';
import { Clock, Health, readConfig, serveStandalone } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { z } from 'zod';
import { misbehaving } from './test-miner-behaviour.js';
import { PacedEngine } from './test-miner-engine.js';
import { ordersFile, readOrders } from './test-miner-orders.js';

const readSettings = () =>
  readConfig({
    GANGLION_URL: z.url(),
    GANGLION_TOKEN: z.string(),
    MODEL: z.string(),
    DATA_DIR: z.string(),
    SLOTS: z.coerce.number().int().default(2),
    TOKEN_MS: z.coerce.number().optional(),
    DETERMINISM_CLASS: z.string().optional(),
  });

type Settings = ReturnType<typeof readSettings>;

/** Miners with one real engine that misbehave on order: one for each folder with a key. */
@Injectable()
class TestMinerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('TestMiner');
  readonly #nodes: MinerNode[] = [];
  #engine: Engine | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    const areConnected = (): boolean => this.#nodes.every(({ isConnected }) => isConnected);
    this.health.require('network', () => this.#nodes.length > 0 && areConnected());
    this.#running = this.run().catch((error: unknown) => {
      this.#log.error(String(error));
      process.exit(1);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.drain()));
    await this.#engine?.close();
    await this.#running;
  }

  private async run(): Promise<void> {
    const settings = readSettings();
    const { DATA_DIR: data, MODEL: model, SLOTS } = settings;
    const folders = readdirSync(data).map((name) => join(data, name));
    const slots = SLOTS * folders.length;
    this.#engine = await openEngine({ model, slots, threads: 1 });
    this.#nodes.push(...folders.map((folder) => this.node(folder, settings, this.#engine!)));
    await Promise.all(this.#nodes.map((node) => node.start()));
    await Promise.all(this.#nodes.map((node) => node.ended()));
  }

  private node(folder: string, settings: Settings, engine: Engine): MinerNode {
    const { GANGLION_URL: url, GANGLION_TOKEN: token, SLOTS: slots } = settings;
    const { TOKEN_MS: tokenMs, DETERMINISM_CLASS: determinismClass } = settings;
    const orders = () => readOrders(join(folder, ordersFile));
    return new MinerNode({
      engine: new PacedEngine(engine, { tokenMs, determinismClass }),
      seed: new TextEncoder().encode(readFileSync(join(folder, 'node.key'), 'utf8').trim()),
      url,
      token,
      slots,
      clock: this.clock,
      log: (level, message, facts) => this.#log[level === 'info' ? 'log' : level]({ message, ...facts }),
      behaviour: misbehaving(orders, (text) => this.#log.log(text)),
    });
  }
}

@Module({ providers: [TestMinerService] })
class TestMinerModule {}

await serveStandalone('miner', TestMinerModule);
