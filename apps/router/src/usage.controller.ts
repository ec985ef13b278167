import { session } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { AdminOnly } from './auth.guard.js';
import { type Days, daysOf } from './days.js';
import { InputPipe } from './input.pipe.js';

const daysQuery = new InputPipe(
  z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() }),
  'the query',
);

@Controller('v1/usage')
@AdminOnly()
export class UsageController {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Of every key, by the day in UTC. */
  @Get('days')
  days(@Query(daysQuery) asked: Partial<Days>) {
    return this.bus.request(session.usageDays, daysOf(asked, this.clock.ms()));
  }
}
