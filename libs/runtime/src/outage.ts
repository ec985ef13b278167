import { backOffMs, isOutage, persist } from '@ganglion/messaging';
import { Logger } from '@nestjs/common';

const BACK_OFF = { firstMs: 100, mostMs: 2_000 };

const firstLine = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? text;
};

/** The failures of one repeated task while a server is away: told when they begin and when they are over. */
export class Outage {
  #failures = 0;

  constructor(
    private readonly name: string,
    private readonly log: Pick<Logger, 'warn' | 'log'>,
  ) {}

  /** Notes a failure; false when it is no outage but a bug. */
  isPartOf(error: unknown): boolean {
    if (!isOutage(error)) return false;
    if (this.#failures++ === 0) this.log.warn(`${this.name}: waiting, ${firstLine(error)}`);
    return true;
  }

  over(): void {
    if (this.#failures > 0) this.log.log(`${this.name}: works again after ${this.#failures} tries`);
    this.#failures = 0;
  }

  /** Milliseconds to wait before the next try; 0 while there is no outage. */
  backOffMs(): number {
    return this.#failures === 0 ? 0 : backOffMs(this.#failures, BACK_OFF);
  }
}

/** Does what a start needs, however long the server it needs is away; a bug is thrown at once. */
export const outlast = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const outage = new Outage(name, new Logger('Start'));
  const result = await persist(work, { failed: () => {}, mayPass: (error) => outage.isPartOf(error) });
  outage.over();
  return result;
};
