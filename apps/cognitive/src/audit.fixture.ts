import type { Bus } from '@ganglion/messaging';
import { type Clock, Metrics } from '@ganglion/runtime';
import { AskingService } from './asking.service.js';
import type { AuditConfig } from './audit.config.js';
import { AuditService } from './audit.service.js';
import { AuditStore } from './audit.store.js';
import { ClaimService } from './claim.service.js';
import type { CognitiveDatabase, CognitiveOutbox } from './database.store.js';
import { DrawStore } from './draw.store.js';
import { EpochStore } from './epoch.store.js';
import { OutcomeService } from './outcome.service.js';
import { ScoredService } from './scored.service.js';

export interface AuditPlace {
  database: CognitiveDatabase;
  outbox: CognitiveOutbox;
  clock: Clock;
  bus: Bus;
  config: AuditConfig;
}

/** The parts of the module that audit, as it puts them together. */
export const auditParts = ({ database, outbox, clock, bus, config }: AuditPlace) => {
  const epochs = new EpochStore(database, outbox, clock, config);
  const store = new AuditStore(database, outbox, clock);
  const claims = new ClaimService(bus);
  const outcomes = new OutcomeService(store, new Metrics('spec'));
  return {
    epochs,
    store,
    draws: new DrawStore(database, epochs, clock),
    service: new AuditService(store, claims, new AskingService(store, bus, config), outcomes),
    scored: new ScoredService(store, claims, outcomes),
  };
};

export type AuditParts = ReturnType<typeof auditParts>;
