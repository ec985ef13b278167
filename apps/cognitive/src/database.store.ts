import { EventLog, openDatabase, Outbox, type OutboxOptions } from '@ganglion/database';
import { type Prisma, PrismaClient } from '@ganglion/database/cognitive';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';

export type Tx = Prisma.TransactionClient;

/** The module's own Postgres schema. */
export class CognitiveDatabase {
  readonly client: PrismaClient;

  constructor(url: string) {
    this.client = openDatabase(PrismaClient, { url, schema: 'cognitive' });
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
export class CognitiveOutbox extends Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly database: CognitiveDatabase,
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

/** What happened in this module, for whoever asks. */
export class CognitiveEventLog extends EventLog {}
