import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { PoolEventLog } from './pool-database.store.js';

/** What happened here, for operators. */
@Controller()
export class EventController {
  constructor(private readonly log: PoolEventLog) {}

  @Handles(nodePool.events)
  events(input: InputOf<typeof nodePool.events>): Promise<OutputOf<typeof nodePool.events>> {
    return this.log.page(input);
  }
}
