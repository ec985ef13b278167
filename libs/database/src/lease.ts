/** Any module's client: all of them have the table Lease. */
export interface LeaseClient {
  // Every generated client has argument types of its own.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  lease: {
    updateMany(args: any): PromiseLike<{ count: number }>;
  };
  /* eslint-enable @typescript-eslint/no-explicit-any */
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>;
}

/** Which lease, for whom, and for how long. */
export interface LeaseOptions {
  client: LeaseClient;
  name: string;
  /** Names the replica; another process with the same name shares its leases. */
  holder: string;
  forMs: number;
  clock: { now(): Date };
}

const TAKE = `INSERT INTO "Lease" AS l (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name)
  DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE l.holder = excluded.holder OR l.until <= $4`;

/** One row that says which replica does a thing, until when by the injected clock. Lost silently when it is not renewed. */
export class Lease {
  private until = 0;

  constructor(private readonly options: LeaseOptions) {}

  /** Whether this replica surely still holds it; asks nobody. */
  get isHeld(): boolean {
    return this.options.clock.now().getTime() < this.until;
  }

  /** Takes the lease when it is free, or renews it in its second half. Resolves with whether it is held. */
  async hold(): Promise<boolean> {
    const { client, name, holder, forMs, clock } = this.options;
    const now = clock.now();
    if (this.until - now.getTime() > forMs / 2) return true;
    const until = new Date(now.getTime() + forMs);
    const isHeld = (await client.$executeRawUnsafe(TAKE, name, holder, until, now)) === 1;
    this.until = isHeld ? until.getTime() : 0;
    return isHeld;
  }

  /** Gives it back, so that another replica need not wait for its end. */
  async release(): Promise<void> {
    const { client, name, holder, clock } = this.options;
    this.until = 0;
    await client.lease.updateMany({ where: { name, holder }, data: { until: clock.now() } });
  }
}
