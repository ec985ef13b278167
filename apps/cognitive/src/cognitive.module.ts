import { outboxSignal } from '@ganglion/contracts';
import { storageOf } from '@ganglion/database';
import { randomUUID } from 'node:crypto';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { AskingService } from './asking.service.js';
import { AUDIT_CONFIG, readAuditConfig } from './audit.config.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuditStore } from './audit.store.js';
import { ClaimService } from './claim.service.js';
import { CognitiveController } from './cognitive.controller.js';
import { CognitiveService } from './cognitive.service.js';
import { CognitiveDatabase, CognitiveEventLog, CognitiveOutbox } from './database.store.js';
import { DrawService } from './draw.service.js';
import { DrawStore } from './draw.store.js';
import { EpochStore } from './epoch.store.js';
import { EventController } from './event.controller.js';
import { HandingInService } from './handing-in.service.js';
import { HearingService } from './hearing.service.js';
import { LeaderStore } from './leader.store.js';
import { OpeningService } from './opening.service.js';
import { OutcomeService } from './outcome.service.js';
import { ProbeStore } from './probe.store.js';
import { ProgressService } from './progress.service.js';
import { ProgressStore } from './progress.store.js';
import { RoleController } from './role.controller.js';
import { RoleService } from './role.service.js';
import { RoleStore } from './role.store.js';
import { RoundStore } from './round.store.js';
import { ScoredService } from './scored.service.js';
import { ShapeService } from './shape.service.js';
import { SweepService } from './sweep.service.js';

@Module({
  controllers: [CognitiveController, RoleController, AuditController, EventController],
  providers: [
    {
      provide: CognitiveDatabase,
      useFactory: (health: Health) => {
        const database = new CognitiveDatabase(databaseUrl());
        health.require('database', () => database.isUp());
        health.measure((now) => storageOf(database.client, now));
        return database;
      },
      inject: [Health],
    },
    {
      provide: CognitiveEventLog,
      inject: [CognitiveDatabase],
      useFactory: ({ client }: CognitiveDatabase) => new CognitiveEventLog(client, 'cognitive'),
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
    { provide: AUDIT_CONFIG, useFactory: readAuditConfig },
    LeaderStore,
    RoundStore,
    ProgressStore,
    ProbeStore,
    RoleStore,
    RoleService,
    ShapeService,
    ProgressService,
    HandingInService,
    OpeningService,
    CognitiveService,
    HearingService,
    EpochStore,
    DrawStore,
    AuditStore,
    ClaimService,
    AskingService,
    OutcomeService,
    AuditService,
    ScoredService,
    DrawService,
    SweepService,
  ],
})
export class CognitiveModule {}
