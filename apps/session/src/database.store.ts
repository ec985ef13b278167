import { type Prisma, PrismaClient } from '@ganglion/database/session';
import { EventLog, Lease, openDatabase, Outbox } from '@ganglion/database';
import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';

export type Tx = Prisma.TransactionClient;

/** The module's own Postgres schema. */
export class SessionDatabase implements OnApplicationShutdown {
  readonly client: PrismaClient;

  constructor(url: string) {
    this.client = openDatabase(PrismaClient, { url, schema: 'session' });
  }

  /** One transaction; its isolation is READ COMMITTED, so every decision rests on a lock or a compare-and-set. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.client.$transaction(work, { maxWait: 5_000, timeout: 10_000 });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
  }
}

/** Publishes what the module's transactions wrote; woken after each commit. */
export class SessionOutbox extends Outbox implements OnApplicationBootstrap, OnModuleDestroy {
  onApplicationBootstrap(): void {
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }
}

/** One replica at a time tends all sessions. */
export class TendLease extends Lease {}

/** What happened in this module, for whoever asks. */
export class SessionEventLog extends EventLog {}
