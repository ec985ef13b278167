import { randomBytes } from 'node:crypto';
import { leaseBucket } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock, Health, Metrics } from '@ganglion/runtime';
import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { Injectable, Logger } from '@nestjs/common';
import { epochOf, isDueForRenewal, isFree, LEASE_MS, parseLease } from './lease.js';

const KEY = 'leader';
/** Below the lease, so that a leader that cannot reach the broker tries again before it must stop leading. */
const WRITE_TIMEOUT_MS = 800;

interface Held {
  epoch: number;
  revision: number;
  until: number;
}

/**
 * The one leader among any number of oracles: an entry of a KV bucket that is written by compare-and-set on its
 * revision. Losing the lease is never an accident: `epoch` turns null by this process' own clock when it could not
 * renew in time, and cognitive refuses the epochs of leaders before the latest.
 */
@Injectable()
export class LeaseService {
  /** Of this process alone: a restarted oracle is another one. */
  readonly oracleId = `oracle-${randomBytes(8).toString('hex')}`;
  readonly #log = new Logger(LeaseService.name);
  #kv: KV | undefined;
  #held: Held | null = null;
  #floor = 0;
  #isReachable = true;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    health: Health,
    private readonly metrics: Metrics,
  ) {
    health.require('lease', () => this.#isReachable);
  }

  /** The epoch under which this oracle leads now; null while it does not. */
  get epoch(): number | null {
    return this.#held && this.clock.ms() < this.#held.until ? this.#held.epoch : null;
  }

  /** Takes the lease if it is free, renews it if it is ours and due. Never rejects. */
  async turn(): Promise<void> {
    try {
      const now = this.clock.ms();
      if (!this.#held) await this.take(now);
      else if (isDueForRenewal(this.#held.until, now)) await this.renew(this.#held, now);
      this.reached(true);
    } catch (error) {
      this.reached(false, error);
    }
    if (this.#held && this.epoch === null) this.lose('it could not be renewed in time');
  }

  /** Gives the lease up for another to take at once. `refusedBelow` is the epoch that made ours stale. */
  async resign(refusedBelow = 0): Promise<void> {
    this.#floor = Math.max(this.#floor, refusedBelow);
    const held = this.#held;
    if (!held) return;
    this.lose('it was given up');
    await this.write(0, held.revision).catch(() => null);
  }

  private async take(now: number): Promise<void> {
    const entry = await this.read();
    if (entry && !isFree(leaseOf(entry), now)) return;
    const until = now + LEASE_MS;
    const revision = await this.write(until, entry?.revision ?? 0);
    if (revision !== null) this.hold({ revision, until, epoch: epochOf(revision, this.#floor) });
  }

  private async renew(held: Held, now: number): Promise<void> {
    const until = now + LEASE_MS;
    const revision = await this.write(until, held.revision);
    if (revision !== null) this.#held = { ...held, revision, until };
    else await this.adopt(held);
  }

  /** A renewal may be stored although its answer was lost: then the entry is still ours, at a revision we do not know. */
  private async adopt(held: Held): Promise<void> {
    const entry = await this.read();
    const value = entry && leaseOf(entry);
    if (entry && value?.oracleId === this.oracleId)
      this.#held = { ...held, revision: entry.revision, until: value.until };
    else this.lose(`${value?.oracleId ?? 'nobody'} has it`);
  }

  private async read(): Promise<KvEntry | null> {
    this.#kv ??= await new Kvm(this.bus.nats).open(leaseBucket);
    return this.#kv.get(KEY);
  }

  /** Writes the lease if its revision is still `previous` (0: if there is none); the new revision, or null if not. */
  private async write(until: number, previous: number): Promise<number | null> {
    this.#kv ??= await new Kvm(this.bus.nats).open(leaseBucket);
    const value = JSON.stringify({ oracleId: this.oracleId, until });
    try {
      return await this.#kv.put(KEY, value, { previousSeq: previous, timeout: WRITE_TIMEOUT_MS });
    } catch (error) {
      if (error instanceof JetStreamApiError) return null;
      throw error;
    }
  }

  private hold(held: Held): void {
    this.#held = held;
    this.#log.log(`leads with epoch ${held.epoch}`);
    this.count('taken');
  }

  private lose(why: string): void {
    this.#held = null;
    this.#log.log(`no longer leads: ${why}`);
    this.count('lost');
  }

  private count(change: 'taken' | 'lost'): void {
    this.metrics
      .counter('ganglion_oracle_lease_changes_total', 'Leases taken and lost by this oracle', ['change'])
      .inc({ change });
    this.metrics.gauge('ganglion_oracle_leads', '1 while this oracle leads').set(change === 'taken' ? 1 : 0);
  }

  private reached(isReachable: boolean, error?: unknown): void {
    if (this.#isReachable && !isReachable)
      this.#log.warn(
        `the lease cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
      );
    if (!this.#isReachable && isReachable) this.#log.log('the lease can be reached again');
    this.#isReachable = isReachable;
  }
}

const leaseOf = (entry: KvEntry) => (entry.operation === 'PUT' ? parseLease(entry.string()) : null);
