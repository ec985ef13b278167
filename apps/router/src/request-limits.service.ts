import { randomUUID } from 'node:crypto';
import { type ApiKeyFacts, type SpentRequests, spentRequests } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { takeOne } from './limited.js';
import { RateLimit } from './rate-limit.js';

/** What was let through is told together this often: a key asks so much more than it may as it can ask in this time. */
const TELL_MS = 50;

/** How often keys may ask, over all replicas of the router: each counts what the others say they have let through. */
@Injectable()
export class RequestLimits implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #replica = randomUUID();
  readonly #buckets = new RateLimit({ perMinute: 1 });
  readonly #untold = new Map<string, SpentRequests['spent'][number]>();
  readonly #peers;
  #listener: Listener | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(
    bus: Bus,
    private readonly clock: Clock,
  ) {
    this.#peers = bus.among(spentRequests);
  }

  onApplicationBootstrap(): void {
    this.#listener = this.#peers.onTold((told) => this.hear(told));
  }

  onModuleDestroy(): void {
    this.#listener?.close();
    this.tell();
  }

  /** Counts a request of a key. @throws Fault LIMITED when it has used those of this minute */
  count({ keyId, limits }: ApiKeyFacts): void {
    const perMinute = limits?.requestsPerMinute ?? null;
    if (perMinute === null) return;
    const what = `requests of this key, which may make ${perMinute} in a minute (requestsPerMinute)`;
    takeOne(this.#buckets, keyId, { now: this.clock.ms(), what, perMinute });
    const count = (this.#untold.get(keyId)?.count ?? 0) + 1;
    this.#untold.set(keyId, { keyId, count, perMinute });
    this.#telling ??= setTimeout(() => this.tell(), TELL_MS);
  }

  private tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    if (this.#untold.size === 0) return;
    this.#peers.tell({ replica: this.#replica, spent: [...this.#untold.values()] });
    this.#untold.clear();
  }

  private hear({ replica, spent }: SpentRequests): void {
    if (replica === this.#replica) return;
    const now = this.clock.ms();
    for (const { keyId, count, perMinute } of spent) this.#buckets.spend(keyId, { now, count, perMinute });
  }
}
