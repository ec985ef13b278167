import { type InputOf, type OutputOf, reputation } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { ReputationEventLog } from './database.store.js';

/** What happened here, for operators. */
@Controller()
export class EventController {
  constructor(private readonly log: ReputationEventLog) {}

  @Handles(reputation.events)
  events(input: InputOf<typeof reputation.events>): Promise<OutputOf<typeof reputation.events>> {
    return this.log.page(input);
  }
}
