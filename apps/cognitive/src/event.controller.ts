import { cognitive, type InputOf, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { CognitiveEventLog } from './database.store.js';

/** What happened here, for operators. */
@Controller()
export class EventController {
  constructor(private readonly log: CognitiveEventLog) {}

  @Handles(cognitive.events)
  events(input: InputOf<typeof cognitive.events>): Promise<OutputOf<typeof cognitive.events>> {
    return this.log.page(input);
  }
}
