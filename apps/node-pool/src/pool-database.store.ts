import { EventLog, openDatabase, Outbox } from '@ganglion/database';
import { type Prisma, PrismaClient } from '@ganglion/database/node-pool';
import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';

export type Tx = Prisma.TransactionClient;

/** The module's own Postgres schema. */
export class PoolDatabase implements OnApplicationShutdown {
  constructor(readonly client: PrismaClient) {}

  static open(url: string): PoolDatabase {
    return new PoolDatabase(openDatabase(PrismaClient, { url, schema: 'node_pool' }));
  }

  /** One transaction in READ COMMITTED: every decision rests on a row's lock or on a unique key. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.client.$transaction(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
  }
}

/** Publishes what the module's transactions wrote; to be woken after each commit. */
export class PoolOutbox extends Outbox implements OnModuleInit, BeforeApplicationShutdown {
  onModuleInit(): void {
    this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }
}

/** What happened in this module, for whoever asks. */
export class PoolEventLog extends EventLog {}
