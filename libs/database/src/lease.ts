/** Any module's client: all of them have the table Lease. */
export interface LeaseClient {
  // Every generated client has argument types of its own.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  lease: {
    updateMany(args: any): PromiseLike<{ count: number }>;
    createMany(args: any): PromiseLike<{ count: number }>;
  };
  /* eslint-enable @typescript-eslint/no-explicit-any */
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
    const taken = await client.lease.updateMany({
      where: { name, OR: [{ holder }, { until: { lte: now } }] },
      data: { holder, until },
    });
    const isHeld = taken.count === 1 || (await this.isFirst(until));
    this.until = isHeld ? until.getTime() : 0;
    return isHeld;
  }

  /** Gives it back, so that another replica need not wait for its end. */
  async release(): Promise<void> {
    const { client, name, holder, clock } = this.options;
    this.until = 0;
    await client.lease.updateMany({ where: { name, holder }, data: { until: clock.now() } });
  }

  private async isFirst(until: Date): Promise<boolean> {
    const { client, name, holder } = this.options;
    const { count } = await client.lease.createMany({
      data: [{ name, holder, until }],
      skipDuplicates: true,
    });
    return count === 1;
  }
}
