import { readFileSync } from 'node:fs';
import type { NodeLog } from '@ganglion/node';
import { Clock, Health, readConfig, serveStandalone } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { z } from 'zod';
import { FleetNode } from './fleet-node.js';
import { fleetFile } from './fleet-file.js';

/** Joins at once: a whole fleet that knocks in the same second would measure nothing but the door. */
const JOINING = 2;

/** Many nodes with seeded engines in one process, each with a key and a connection of its own. */
@Injectable()
class FleetService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Fleet');
  #nodes: FleetNode[] = [];
  #joined = 0;
  #isEnding = false;

  constructor(
    private readonly clock: Clock,
    private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    this.health.require('nodes', () => this.#joined > 0);
    this.run().catch((error: unknown) => {
      this.#log.error(String(error));
      process.exit(1);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }

  private async run(): Promise<void> {
    const settings = readConfig({
      GANGLION_URL: z.url(),
      GANGLION_TOKEN: z.string(),
      FLEET_FILE: z.string(),
      SLOTS: z.coerce.number().int().default(2),
    });
    const { GANGLION_URL: url, GANGLION_TOKEN: token, SLOTS: slots } = settings;
    const nodes = fleetFile.parse(JSON.parse(readFileSync(settings.FLEET_FILE, 'utf8')));
    const log: NodeLog = (level, message, facts) =>
      this.#log[level === 'info' ? 'log' : level]({ message, ...facts });
    this.#nodes = nodes.map((node) => new FleetNode(node, { url, token, slots, clock: this.clock, log }));
    const waiting = [...this.#nodes];
    const join = async (): Promise<void> => {
      for (let node = waiting.shift(); node && !this.#isEnding; node = waiting.shift()) {
        await node.start();
        this.#joined++;
      }
    };
    await Promise.all(Array.from({ length: JOINING }, join));
  }
}

@Module({ providers: [FleetService] })
class FleetModule {}

await serveStandalone('miner', FleetModule);
