import { outboxSignal } from '@ganglion/contracts';
import { storageOf } from '@ganglion/database';
import { randomUUID } from 'node:crypto';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { ReputationDatabase, ReputationEventLog, ReputationOutbox, TrimLease } from './database.store.js';
import { EventController } from './event.controller.js';
import { HistoryStore } from './history.store.js';
import { LedgerStore } from './ledger.store.js';
import { ReputationConfig } from './reputation.config.js';
import { ReputationController } from './reputation.controller.js';
import { ReputationService } from './reputation.service.js';
import { ReputationStore } from './reputation.store.js';
import { TrimService } from './trim.service.js';
import { TrimStore } from './trim.store.js';
import { TrimSweep } from './trim-sweep.service.js';

const holder = randomUUID();

@Module({
  controllers: [ReputationController, EventController],
  providers: [
    {
      provide: ReputationDatabase,
      useFactory: (health: Health) => {
        const database = new ReputationDatabase(databaseUrl());
        health.require('database', () => database.isUp());
        health.measure((now) => storageOf(database.client, now));
        return database;
      },
      inject: [Health],
    },
    {
      provide: ReputationEventLog,
      inject: [ReputationDatabase],
      useFactory: ({ client }: ReputationDatabase) => new ReputationEventLog(client, 'reputation'),
    },
    {
      provide: ReputationOutbox,
      useFactory: (database: ReputationDatabase, bus: Bus, clock: Clock) =>
        new ReputationOutbox(database, {
          publish: (subject, payload, id) => bus.publishEvent(subject, payload, id),
          peers: bus.signal(outboxSignal('reputation')),
          clock,
          holder,
        }),
      inject: [ReputationDatabase, Bus, Clock],
    },
    {
      provide: TrimLease,
      useFactory: ({ client }: ReputationDatabase, clock: Clock) =>
        new TrimLease({ client, name: 'trim', holder, forMs: 30_000, clock }),
      inject: [ReputationDatabase, Clock],
    },
    { provide: ReputationConfig, useFactory: () => ReputationConfig.read() },
    LedgerStore,
    ReputationStore,
    HistoryStore,
    ReputationService,
    TrimStore,
    TrimService,
    TrimSweep,
  ],
})
export class ReputationModule {}
