import { nodePool, type OverviewView, sessionQueue } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AdminOnly } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';
import { latest, overviewOf } from './overview.js';

const spanQuery = z.strictObject({ minutes: z.coerce.number().int().min(5).max(10_080).default(60) });
const minutesOf = new InputPipe(spanQuery, 'the query');

@Controller('v1/overview')
@AdminOnly()
export class OverviewController {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** The network in figures, of the latest so many minutes. */
  @Get()
  async overview(@Query(minutesOf) { minutes }: z.infer<typeof spanQuery>): Promise<OverviewView> {
    const span = latest(minutes, this.clock.now());
    const [figures, { nodes }] = await Promise.all([
      this.bus.request(sessionQueue.figures, span),
      this.bus.request(nodePool.counts, {}),
    ]);
    return overviewOf(span, figures, nodes);
  }
}
