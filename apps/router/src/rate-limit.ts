/** What one costs: a bucket gains `perMinute` units each millisecond, so that all counts are whole numbers. */
const COST = 60_000;

/** Token buckets by key: `perMinute` at once, refilled evenly. Bounded: full buckets are forgotten first. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor({ perMinute, maxKeys = 10_000 }: { perMinute: number; maxKeys?: number }) {
    this.#perMinute = perMinute;
    this.#maxKeys = maxKeys;
  }

  /**
   * Takes one. @returns 0 if there was one, or the seconds until there is.
   * @param now ms of any steady clock
   * @param perMinute of this key; when it changes, what is left stays, as far as the new bucket holds it
   */
  take(key: string, now: number, perMinute = this.#perMinute): number {
    const left = this.leftOf(key, now, perMinute);
    if (left < COST) return Math.ceil((COST - left) / perMinute / 1_000);
    this.put(key, { left: left - COST, at: now });
    return 0;
  }

  /** Takes what was used elsewhere. Where there was less, the rest is owed, up to a bucket's content. */
  spend(key: string, { now, count, perMinute }: { now: number; count: number; perMinute: number }): void {
    const left = this.leftOf(key, now, perMinute) - count * COST;
    this.put(key, { left: Math.max(-perMinute * COST, left), at: now });
  }

  private leftOf(key: string, now: number, perMinute: number): number {
    const full = perMinute * COST;
    const { left, at } = this.#buckets.get(key) ?? { left: full, at: now };
    return Math.min(full, left + Math.max(0, now - at) * perMinute);
  }

  private put(key: string, bucket: { left: number; at: number }): void {
    this.#buckets.delete(key);
    this.makeRoom();
    this.#buckets.set(key, bucket);
  }

  /** The key unheard of for longest has the fullest bucket. */
  private makeRoom(): void {
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= this.#maxKeys && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
