import { outboxSignal } from '@ganglion/contracts';
import { randomUUID } from 'node:crypto';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { ReputationDatabase, ReputationOutbox } from './database.store.js';
import { LedgerStore } from './ledger.store.js';
import { ReputationController } from './reputation.controller.js';
import { ReputationService } from './reputation.service.js';
import { ReputationStore } from './reputation.store.js';

@Module({
  controllers: [ReputationController],
  providers: [
    {
      provide: ReputationDatabase,
      useFactory: (health: Health) => {
        const database = new ReputationDatabase(databaseUrl());
        health.require('database', () => database.isUp());
        return database;
      },
      inject: [Health],
    },
    {
      provide: ReputationOutbox,
      useFactory: (database: ReputationDatabase, bus: Bus, clock: Clock) =>
        new ReputationOutbox(database, {
          publish: (subject, payload, id) => bus.publishEvent(subject, payload, id),
          peers: bus.signal(outboxSignal('reputation')),
          clock,
          holder: randomUUID(),
        }),
      inject: [ReputationDatabase, Bus, Clock],
    },
    LedgerStore,
    ReputationStore,
    ReputationService,
  ],
})
export class ReputationModule {}
