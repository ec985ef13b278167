import { outboxSignal } from '@ganglion/contracts';
import { storageOf } from '@ganglion/database';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AdmissionService } from './admission.service.js';
import { CareService } from './care.service.js';
import { SessionDatabase, SessionEventLog, SessionOutbox, TendLease } from './database.store.js';
import { EventController } from './event.controller.js';
import { GatherService } from './gather.service.js';
import { KeyController } from './key.controller.js';
import { KeyService } from './key.service.js';
import { KeyStore } from './key.store.js';
import { QuotaStore } from './quota.store.js';
import { SessionController } from './session.controller.js';
import { SessionService } from './session.service.js';
import { SessionStore } from './session.store.js';
import { SubmitService } from './submit.service.js';
import { TendService } from './tend.service.js';
import { TendSweep } from './tend-sweep.service.js';
import { TurnStore } from './turn.store.js';
import { UsageStore } from './usage.store.js';

const holder = randomUUID();

@Module({
  controllers: [SessionController, KeyController, EventController],
  providers: [
    {
      provide: SessionDatabase,
      inject: [Health],
      useFactory: (health: Health) => {
        const database = new SessionDatabase(databaseUrl());
        health.require('database', async () => (await database.client.$queryRaw`SELECT 1`) !== undefined);
        health.measure((now) => storageOf(database.client, now));
        return database;
      },
    },
    {
      provide: SessionEventLog,
      inject: [SessionDatabase],
      useFactory: ({ client }: SessionDatabase) => new SessionEventLog(client, 'session'),
    },
    {
      provide: SessionOutbox,
      inject: [SessionDatabase, Bus, Clock],
      useFactory: ({ client }: SessionDatabase, bus: Bus, clock: Clock) =>
        new SessionOutbox({
          client,
          publish: (...event) => bus.publishEvent(...event),
          peers: bus.signal(outboxSignal('session')),
          clock,
          holder,
        }),
    },
    {
      provide: TendLease,
      inject: [SessionDatabase, Clock],
      useFactory: ({ client }: SessionDatabase, clock: Clock) =>
        new TendLease({ client, name: 'tend', holder, forMs: 5_000, clock }),
    },
    SessionStore,
    KeyStore,
    UsageStore,
    QuotaStore,
    KeyService,
    TurnStore,
    GatherService,
    CareService,
    TendService,
    TendSweep,
    SubmitService,
    AdmissionService,
    SessionService,
  ],
})
export class SessionModule {}
