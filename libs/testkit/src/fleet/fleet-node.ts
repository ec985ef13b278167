import { MinerNode, type MinerNodeOptions } from '@ganglion/node';
import { FleetEngine } from './fleet-engine.js';
import type { FleetFile } from './fleet-file.js';
import { seeded } from '../seeded.js';

type Place = Pick<MinerNodeOptions, 'url' | 'token' | 'slots' | 'log'> & {
  clock: NonNullable<MinerNodeOptions['clock']>;
};

/** One node of a fleet: a production node over a seeded engine. A flapping one drops its connection and comes back. */
export class FleetNode {
  readonly #ending = new AbortController();
  readonly #random: () => number;
  #node: MinerNode | undefined;
  #flapping: Promise<void> | undefined;

  constructor(
    private readonly of: FleetFile[number],
    private readonly place: Place,
  ) {
    this.#random = seeded(of.plan.seed + 1);
  }

  /** Joins; resolves when it is connected. */
  async start(): Promise<void> {
    await this.enter();
    const { upMs, downMs } = this.of.plan;
    if (upMs && downMs) this.#flapping = this.flap(upMs, downMs);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#flapping;
    await this.#node?.close();
  }

  private async enter(): Promise<void> {
    const engine = new FleetEngine(this.of.plan);
    const seed = new TextEncoder().encode(this.of.key);
    const node = (this.#node = new MinerNode({ ...this.place, engine, seed }));
    await node.start();
    node.ended().catch((error: unknown) => this.place.log('warn', `${this.of.plan.name}: ${String(error)}`));
  }

  private async flap(upMs: number, downMs: number): Promise<void> {
    const { clock, log } = this.place;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await clock.sleep(this.about(upMs), signal);
      if (signal.aborted) return;
      await this.#node?.close();
      await clock.sleep(this.about(downMs), signal);
      if (signal.aborted) return;
      await this.enter().catch((error: unknown) => log('warn', `${this.of.plan.name}: ${String(error)}`));
    }
  }

  private about(ms: number): number {
    return ms * (0.5 + this.#random());
  }
}
