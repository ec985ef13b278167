import { cognitive, positiveInt } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { InputPipe } from './input.pipe.js';
import { pageQuery } from './paging.js';

const limit = pageQuery.shape.limit;
const epochQuery = cognitive.epochs.input.extend({ limit });
const drawQuery = cognitive.draws.input.omit({ epoch: true }).extend({ limit }).strict();
const epochPage = new InputPipe(epochQuery, 'the query');
const drawPage = new InputPipe(drawQuery, 'the query');
const numberOfEpoch = new InputPipe(z.coerce.number().pipe(positiveInt), 'the number of the epoch');

/** What is needed to recompute who should have been audited. */
@Controller('v1/epochs')
export class AuditsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  epochs(@Query(epochPage) page: z.infer<typeof epochQuery>) {
    return this.bus.request(cognitive.epochs, page);
  }

  @Get(':epoch/draws')
  draws(@Param('epoch', numberOfEpoch) epoch: number, @Query(drawPage) page: z.infer<typeof drawQuery>) {
    return this.bus.request(cognitive.draws, { epoch, ...page });
  }
}
