import { outboxSignal } from '@ganglion/contracts';
import { storageOf } from '@ganglion/database';
import { Bus } from '@ganglion/messaging';
import { Clock, databaseUrl, Health, secret } from '@ganglion/runtime';
import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { AftermathService } from './aftermath.service.js';
import { AssignmentController } from './assignment.controller.js';
import { AssignmentStore } from './assignment.store.js';
import { CancelService } from './cancel.service.js';
import { CancelStore } from './cancel.store.js';
import { ClaimStore } from './claim.store.js';
import { CommitController } from './commit.controller.js';
import { CommitService } from './commit.service.js';
import { CommitStore } from './commit.store.js';
import { QueueDatabase, QueueEventLog, QueueOutbox } from './database.store.js';
import { DispatchService } from './dispatch.service.js';
import { DispatchStore } from './dispatch.store.js';
import { EndingService } from './ending.service.js';
import { EventController } from './event.controller.js';
import { connectFloodBus, FLOOD_BUS, FLOOD_LIMITS, readFloodLimits } from './flood.config.js';
import { FiguresController } from './figures.controller.js';
import { FiguresStore } from './figures.store.js';
import { FloodService } from './flood.service.js';
import { FloodStore } from './flood.store.js';
import { FrameWatch } from './frame-watch.service.js';
import { JudgementStore } from './judgement.store.js';
import { LateDataService } from './late-data.service.js';
import { NetworkKey } from './network-key.js';
import { NewsService } from './news.service.js';
import { OfferService } from './offer.service.js';
import { OverdueService } from './overdue.service.js';
import { QueueGaugeService } from './queue-gauge.service.js';
import { RevealService } from './reveal.service.js';
import { ShapeController } from './shape.controller.js';
import { ShapeStore } from './shape.store.js';
import { SweepService } from './sweep.service.js';
import { SweepStore } from './sweep.store.js';
import { TaskController } from './task.controller.js';
import { TaskService } from './task.service.js';
import { TaskStore } from './task.store.js';
import { TaskViewController } from './task-view.controller.js';
import { ValidationService } from './validation.service.js';
import { VerdictService } from './verdict.service.js';
import { WaitingService } from './waiting.service.js';
import { WaitingStore } from './waiting.store.js';

@Module({
  controllers: [
    TaskController,
    TaskViewController,
    AssignmentController,
    CommitController,
    FiguresController,
    ShapeController,
    EventController,
  ],
  providers: [
    {
      provide: QueueDatabase,
      inject: [Health],
      useFactory: (health: Health) => {
        const database = new QueueDatabase(databaseUrl());
        health.require('database', async () => (await database.client.$queryRaw`SELECT 1`) !== undefined);
        health.measure((now) => storageOf(database.client, now));
        return database;
      },
    },
    {
      provide: QueueEventLog,
      inject: [QueueDatabase],
      useFactory: ({ client }: QueueDatabase) => new QueueEventLog(client, 'session-queue'),
    },
    {
      provide: QueueOutbox,
      inject: [QueueDatabase, Bus, Clock],
      useFactory: ({ client }: QueueDatabase, bus: Bus, clock: Clock) =>
        new QueueOutbox({
          client,
          publish: (...event) => bus.publishEvent(...event),
          peers: bus.signal(outboxSignal('session-queue')),
          clock,
          holder: randomUUID(),
        }),
    },
    { provide: NetworkKey, useFactory: () => new NetworkKey(secret('network.key') ?? '') },
    ClaimStore,
    { provide: FLOOD_LIMITS, useFactory: readFloodLimits },
    { provide: FLOOD_BUS, useFactory: connectFloodBus },
    FloodStore,
    FloodService,
    DispatchStore,
    CancelStore,
    WaitingStore,
    TaskStore,
    CommitStore,
    JudgementStore,
    AssignmentStore,
    SweepStore,
    ShapeStore,
    FiguresStore,
    FrameWatch,
    NewsService,
    OfferService,
    DispatchService,
    RevealService,
    TaskService,
    CancelService,
    AftermathService,
    LateDataService,
    OverdueService,
    VerdictService,
    ValidationService,
    CommitService,
    EndingService,
    SweepService,
    WaitingService,
    QueueGaugeService,
  ],
})
export class SessionQueueModule {}
