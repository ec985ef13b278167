import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { QueueEventLog } from './database.store.js';

/** What happened here, for operators. */
@Controller()
export class EventController {
  constructor(private readonly log: QueueEventLog) {}

  @Handles(sessionQueue.events)
  events(input: InputOf<typeof sessionQueue.events>): Promise<OutputOf<typeof sessionQueue.events>> {
    return this.log.page(input);
  }
}
