import { EventLog, Lease, openDatabase, Outbox, type OutboxOptions } from '@ganglion/database';
import { type Prisma, PrismaClient } from '@ganglion/database/reputation';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

export type Tx = Prisma.TransactionClient;

/** The module's own Postgres schema. */
export class ReputationDatabase {
  readonly client: PrismaClient;

  constructor(url: string) {
    this.client = openDatabase(PrismaClient, { url, schema: 'reputation' });
  }

  /** One transaction; its isolation is READ COMMITTED, so every decision rests on a lock or a compare-and-set. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.client.$transaction(work, { maxWait: 5_000, timeout: 10_000 });
  }

  async isUp(): Promise<boolean> {
    await this.client.$queryRaw`SELECT 1`;
    return true;
  }
}

/** Publishes what the module's transactions wrote; woken after each commit. The last to use the database. */
export class ReputationOutbox extends Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly database: ReputationDatabase,
    options: Omit<OutboxOptions, 'client'>,
  ) {
    super({ ...options, client: database.client });
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
    await this.database.client.$disconnect();
  }
}

/** One replica at a time trims. */
export class TrimLease extends Lease {}

/** What happened in this module, for whoever asks. */
export class ReputationEventLog extends EventLog {}
