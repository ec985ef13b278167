import { createHash } from 'node:crypto';
import { type ApiKeyFacts, Fault, session } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

/** A revoked key may work this long, and a changed one as before, where that was not heard. */
const CACHE_MS = 30_000;
const MAX_CACHED = 10_000;
const KEY = /^gk_[0-9A-Za-z]{16,128}$/;

/** Who owns an API key: asked from `session`, remembered for a short time, forgotten when it changes. */
@Injectable()
export class ApiKeysService implements OnModuleInit, OnModuleDestroy {
  readonly #cache = new Map<string, { facts: ApiKeyFacts; until: number }>();
  readonly #asking = new Map<string, Promise<ApiKeyFacts>>();
  #listeners: Listener[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const forget = ({ keyHash }: { keyHash: string }): void => {
      this.#cache.delete(keyHash);
      // An answer that is on its way was given before the change: it must not be remembered.
      this.#asking.delete(keyHash);
    };
    const revoked = this.bus.overhear(session.keyRevoked, forget);
    const changed = this.bus.overhear(session.keyChanged, forget);
    // While the broker was away, changes were not heard.
    const unheard = this.bus.onGap(() => {
      this.#cache.clear();
      this.#asking.clear();
    });
    this.#listeners = [revoked, changed, unheard];
  }

  onModuleDestroy(): void {
    for (const listener of this.#listeners) listener.close();
  }

  /** The key of an `Authorization` header. @throws Fault UNAUTHENTICATED saying what to send instead. */
  async authenticateHeader(authorization: string | undefined): Promise<ApiKeyFacts> {
    if (!authorization) throw unauthenticated('no API key was sent', 'missing_api_key');
    const [scheme, key, ...rest] = authorization.trim().split(/\s+/);
    if (scheme?.toLowerCase() !== 'bearer' || !key || rest.length > 0)
      throw unauthenticated('the Authorization header is not "Bearer <key>"', 'invalid_api_key');
    return this.authenticate(key);
  }

  /** @throws Fault UNAUTHENTICATED for an unknown or revoked key, UNAVAILABLE if nobody can tell. */
  async authenticate(key: string): Promise<ApiKeyFacts> {
    if (!KEY.test(key)) throw unauthenticated('this is not an API key (gk_…)', 'invalid_api_key');
    const keyHash = createHash('sha256').update(key).digest('hex');
    const known = this.#cache.get(keyHash);
    if (known && known.until > this.clock.ms()) return known.facts;
    return this.#asking.get(keyHash) ?? this.ask(keyHash);
  }

  private async ask(keyHash: string): Promise<ApiKeyFacts> {
    const asking = this.bus.request(session.authenticate, { keyHash });
    this.#asking.set(keyHash, asking);
    try {
      const facts = await asking;
      if (this.#asking.get(keyHash) === asking) this.remember(keyHash, facts);
      return facts;
    } catch (error) {
      if (error instanceof Fault && error.code === 'UNAUTHENTICATED')
        throw unauthenticated('this API key is unknown or was revoked', 'invalid_api_key');
      throw error;
    } finally {
      if (this.#asking.get(keyHash) === asking) this.#asking.delete(keyHash);
    }
  }

  private remember(keyHash: string, facts: ApiKeyFacts): void {
    const [oldest] = this.#cache.keys();
    if (this.#cache.size >= MAX_CACHED && oldest !== undefined) this.#cache.delete(oldest);
    this.#cache.set(keyHash, { facts, until: this.clock.ms() + CACHE_MS });
  }
}

const unauthenticated = (what: string, reason: string): Fault =>
  new Fault('UNAUTHENTICATED', `${what}: send "Authorization: Bearer gk_…" with a valid key`, { reason });
