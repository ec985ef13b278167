import { outboxSignal } from '@ganglion/contracts';
import { randomUUID } from 'node:crypto';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { CognitiveController } from './cognitive.controller.js';
import { CognitiveService } from './cognitive.service.js';
import { CognitiveDatabase, CognitiveOutbox } from './database.store.js';
import { HearingService } from './hearing.service.js';
import { LeaderStore } from './leader.store.js';
import { ProbeStore } from './probe.store.js';
import { ProgressService } from './progress.service.js';
import { ProgressStore } from './progress.store.js';
import { RoundStore } from './round.store.js';

@Module({
  controllers: [CognitiveController],
  providers: [
    {
      provide: CognitiveDatabase,
      useFactory: (health: Health) => {
        const database = new CognitiveDatabase(databaseUrl());
        health.require('database', () => database.isUp());
        return database;
      },
      inject: [Health],
    },
    {
      provide: CognitiveOutbox,
      useFactory: (database: CognitiveDatabase, bus: Bus, clock: Clock) =>
        new CognitiveOutbox(database, {
          publish: (subject, payload, id) => bus.publishEvent(subject, payload, id),
          peers: bus.signal(outboxSignal('cognitive')),
          clock,
          holder: randomUUID(),
        }),
      inject: [CognitiveDatabase, Bus, Clock],
    },
    LeaderStore,
    RoundStore,
    ProgressStore,
    ProbeStore,
    ProgressService,
    CognitiveService,
    HearingService,
  ],
})
export class CognitiveModule {}
