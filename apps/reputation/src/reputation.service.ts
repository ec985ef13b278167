import { Fault, type InputOf, type OutputOf, reputation } from '@ganglion/contracts';
import type { MessageContext } from '@ganglion/messaging';
import { Metrics } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { LedgerStore } from './ledger.store.js';
import { ReputationStore } from './reputation.store.js';

/** Counts what is heard of nodes. */
@Injectable()
export class ReputationService {
  constructor(
    private readonly ledger: LedgerStore,
    private readonly store: ReputationStore,
    private readonly metrics: Metrics,
  ) {}

  /** Counts an event once, however often it is delivered. */
  async hear(payload: unknown, { subject, eventId }: MessageContext): Promise<void> {
    if (eventId === undefined)
      throw new Fault('INVALID', `${subject}: an event without an id cannot be counted once`);
    const outcome = await this.ledger.enter({ eventId, subject, payload });
    this.metrics
      .counter('ganglion_reputation_events_total', 'Events heard of nodes', ['subject', 'outcome'])
      .inc({ subject, outcome });
  }

  /** Notes what a node says of itself; who it is comes from the subject, not from what it says. */
  async measured(
    { ttftMs, tokensPerSecond }: InputOf<typeof reputation.measured>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof reputation.measured>> {
    if (nodeId === undefined) throw new Fault('FORBIDDEN', 'only a node can report its own figures');
    await this.store.measured(nodeId, { ttftMs, tokensPerSecond });
    return { noted: true };
  }
}
