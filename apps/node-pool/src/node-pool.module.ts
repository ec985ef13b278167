import { outboxSignal } from '@ganglion/contracts';
import { storageOf } from '@ganglion/database';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { Bus } from '@ganglion/messaging';
import { Clock, Health } from '@ganglion/runtime';
import { Logger, Module } from '@nestjs/common';
import { BeatGuard } from './beat-guard.service.js';
import { CandidateStore } from './candidate.store.js';
import { CredentialService } from './credential.service.js';
import { Credentials } from './credentials.js';
import { DueService } from './due.service.js';
import { EventController } from './event.controller.js';
import { ExaminerController } from './examiner.controller.js';
import { ExaminerStore } from './examiner.store.js';
import { FirstTokenService } from './first-token.service.js';
import { FoundingStore } from './founding.store.js';
import { HearingController } from './hearing.controller.js';
import { JoinTokenController } from './join-token.controller.js';
import { JoinTokenService } from './join-token.service.js';
import { JoinTokenStore } from './join-token.store.js';
import { JoinService } from './join.service.js';
import { JoinStore } from './join.store.js';
import { LoadController } from './load.controller.js';
import { LoadService } from './load.service.js';
import { LoaderStore } from './loader.store.js';
import { MinerController } from './miner.controller.js';
import { ModelStore } from './model.store.js';
import { NodePoolConfig } from './node-pool.config.js';
import { NodePoolController } from './node-pool.controller.js';
import { NodeService } from './node.service.js';
import { NodeStore } from './node.store.js';
import { OperatorController } from './operator.controller.js';
import { OperatorService } from './operator.service.js';
import { PoolGauge } from './pool-gauge.service.js';
import { PoolDatabase, PoolEventLog, PoolOutbox } from './pool-database.store.js';
import { PopulationStore } from './population.store.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { RevocationService } from './revocation.service.js';
import { SelectionService } from './selection.service.js';
import { SilenceService } from './silence.service.js';
import { SweepService } from './sweep.service.js';
import { SystemAccount } from './system-account.service.js';
import { VerifierController } from './verifier.controller.js';
import { VerifierStore } from './verifier.store.js';

const openPool = ({ databaseUrl }: NodePoolConfig, health: Health): PoolDatabase => {
  const database = PoolDatabase.open(databaseUrl);
  health.require('database', async () => (await database.client.$queryRaw`SELECT 1`) !== undefined);
  health.measure((now) => storageOf(database.client, now));
  return database;
};

const openOutbox = ({ client }: PoolDatabase, bus: Bus, clock: Clock): PoolOutbox =>
  new PoolOutbox({
    client,
    clock,
    holder: `${hostname()}/${randomUUID()}`,
    log: new Logger('Outbox'),
    publish: (subject, payload, id) => bus.publishEvent(subject, payload, id),
    peers: bus.signal(outboxSignal('node-pool')),
  });

@Module({
  controllers: [
    NodePoolController,
    JoinTokenController,
    MinerController,
    HearingController,
    VerifierController,
    ExaminerController,
    LoadController,
    OperatorController,
    EventController,
  ],
  providers: [
    { provide: NodePoolConfig, useFactory: () => NodePoolConfig.read() },
    { provide: PoolDatabase, useFactory: openPool, inject: [NodePoolConfig, Health] },
    {
      provide: PoolEventLog,
      inject: [PoolDatabase],
      useFactory: ({ client }: PoolDatabase) => new PoolEventLog(client, 'node-pool'),
    },
    { provide: PoolOutbox, useFactory: openOutbox, inject: [PoolDatabase, Bus, Clock] },
    {
      provide: Credentials,
      useFactory: ({ secrets }: NodePoolConfig) => new Credentials(secrets),
      inject: [NodePoolConfig],
    },
    {
      provide: SystemAccount,
      useFactory: ({ broker, secrets }: NodePoolConfig, { account }: Credentials) =>
        new SystemAccount({ servers: broker.urls, creds: secrets.systemCreds, account }),
      inject: [NodePoolConfig, Credentials],
    },
    NodeStore,
    CandidateStore,
    ModelStore,
    VerifierStore,
    ExaminerStore,
    JoinStore,
    FoundingStore,
    JoinTokenStore,
    JoinTokenService,
    PresenceStore,
    BeatGuard,
    CredentialService,
    DueService,
    FirstTokenService,
    JoinService,
    LoadService,
    LoaderStore,
    NodeService,
    OperatorService,
    PoolGauge,
    PopulationStore,
    PresenceService,
    RevocationService,
    SelectionService,
    SilenceService,
    SweepService,
  ],
})
export class NodePoolModule {}
