import {
  cognitive,
  databaseModules,
  eventFilter,
  type EventPage,
  nodePool,
  reputation,
  session,
  sessionQueue,
  uuid,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Get, Logger, Query } from '@nestjs/common';
import { z } from 'zod';
import { AdminOnly } from './auth.guard.js';
import { mergeEvents, type ModulePage } from './events-page.js';
import { InputPipe } from './input.pipe.js';
import { pageQuery } from './paging.js';

const logs = {
  session: session.events,
  'session-queue': sessionQueue.events,
  'node-pool': nodePool.events,
  cognitive: cognitive.events,
  reputation: reputation.events,
};
const eventsQuery = eventFilter.extend({
  module: z.enum(databaseModules).optional(),
  cursor: uuid.optional(),
  limit: pageQuery.shape.limit,
});
const wantedEvents = new InputPipe(eventsQuery, 'the query');

/** What happened, as the modules remember it. */
@Controller('v1/events')
@AdminOnly()
export class EventsController {
  readonly #log = new Logger('Events');

  constructor(private readonly bus: Bus) {}

  /** The newest first. A module that is away is named as missing: an operator who looks for a fault needs the rest. */
  @Get()
  async list(@Query(wantedEvents) { module, ...search }: z.infer<typeof eventsQuery>): Promise<EventPage> {
    const asked = module ? [module] : databaseModules;
    const answers = await Promise.all(
      asked.map(async (each): Promise<ModulePage> => ({
        module: each,
        page: await this.bus.request(logs[each], search, { timeoutMs: 3_000 }).catch((error: unknown) => {
          this.#log.warn(`${each} does not tell its events: ${String(error)}`);
          return null;
        }),
      })),
    );
    return mergeEvents(answers, search.limit);
  }
}
