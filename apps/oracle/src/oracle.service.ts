import { cognitive, Fault, type OutputOf } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Injectable, Logger } from '@nestjs/common';
import { Deck } from './deck.js';
import { groupsOf } from './groups.js';
import { LeaseService } from './lease.service.js';
import { ProbeService } from './probe.service.js';
import { TimingService } from './timing.service.js';

type Tick = OutputOf<typeof cognitive.tick>;
type Due = Tick['due'][number];

/** The clock of the network: while this oracle leads, its ticks drive the rounds and the pool. */
@Injectable()
export class OracleService {
  readonly #log = new Logger(OracleService.name);
  readonly #deck = new Deck();
  readonly #untestable = new Set<string>();
  #trouble: string | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly lease: LeaseService,
    private readonly timing: TimingService,
    private readonly probes: ProbeService,
  ) {}

  /** One turn of the clock; does nothing unless this oracle leads. Rejects only on a bug. */
  async turn(): Promise<void> {
    const epoch = this.lease.epoch;
    if (epoch === null) return;
    try {
      const { due, probe } = await this.tick(epoch);
      this.probeBeside(epoch, probe);
      if (await this.openAll(epoch, due)) await this.tick(epoch);
      this.recovered();
    } catch (error) {
      await this.endure(error);
    }
  }

  private tick(epoch: number): Promise<Tick> {
    return this.bus.request(cognitive.tick, { epoch, oracleId: this.lease.oracleId });
  }

  /** Opens the rounds that are due; true if there was one, which the next tick starts. */
  private async openAll(epoch: number, due: readonly Due[]): Promise<boolean> {
    let hasOpened = false;
    for (const group of due)
      // A round waits for its slowest, and how busy those that serve are is not known: each has one of its own.
      for (const nodeIds of groupsOf(group.nodeIds, group.serving ? 1 : undefined))
        hasOpened = (await this.open(epoch, { ...group, nodeIds })) || hasOpened;
    return hasOpened;
  }

  /** Opens one round and listens to its tasks before the next tick hands them to the queue. */
  private async open(epoch: number, due: Due): Promise<boolean> {
    const { model, modelDigest, nodeIds, challenges, serving } = due;
    const challenge = this.#deck.draw(modelDigest, challenges);
    if (!challenge) return this.reportUntestable(model);
    const { oracleId } = this.lease;
    try {
      const { tasks } = await this.bus.request(cognitive.open, {
        epoch,
        oracleId,
        modelDigest,
        model,
        nodeIds,
        challenge,
        ...(serving ? { serving } : {}),
      });
      for (const task of tasks) this.timing.watch(epoch, task);
      return true;
    } catch (error) {
      // Another round took these nodes in the meantime, or an answer was lost and this one is the repetition.
      if (error instanceof Fault && error.code === 'CONFLICT') return false;
      throw error;
    }
  }

  private probeBeside(epoch: number, nodeIds: readonly string[]): void {
    this.probes.probe(epoch, nodeIds).catch((error: unknown) => {
      this.#log.warn(`probes were not reported: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  private reportUntestable(model: string): false {
    if (!this.#untestable.has(model))
      this.#log.warn(`model ${model} has no challenges: its nodes cannot be tested; register it with some`);
    this.#untestable.add(model);
    return false;
  }

  private async endure(error: unknown): Promise<void> {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'STALE') return this.lease.resign(Number(error.details?.['highest'] ?? 0));
    const trouble = `${error.code}: ${error.message}`;
    if (trouble !== this.#trouble) this.#log.warn(`the tick failed: ${trouble}`);
    this.#trouble = trouble;
  }

  private recovered(): void {
    if (this.#trouble) this.#log.log('the tick works again');
    this.#trouble = null;
  }
}
