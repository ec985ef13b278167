import { type InputOf, type OutputOf, session } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { SessionEventLog } from './database.store.js';

/** What happened here, for operators. */
@Controller()
export class EventController {
  constructor(private readonly log: SessionEventLog) {}

  @Handles(session.events)
  events(input: InputOf<typeof session.events>): Promise<OutputOf<typeof session.events>> {
    return this.log.page(input);
  }
}
