import { type InputOf, nodeId, reputation } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { InputPipe } from './input.pipe.js';
import { type Page, pageQuery } from './paging.js';

const paging = new InputPipe(pageQuery, 'the query');
const idOfNode = new InputPipe(nodeId, 'the node id');
const changesQuery = pageQuery
  .extend({ cursor: z.coerce.number().pipe(reputation.history.input.shape.cursor.unwrap()).optional() })
  .strict();
const pagingOfChanges = new InputPipe(changesQuery, 'the query');
const seriesQuery = reputation.series.input.omit({ nodeId: true });
const phaseOfSeries = new InputPipe(seriesQuery, 'the query');

/** What nodes have earned, and why. */
@Controller('v1/reputation')
export class ReputationController {
  constructor(private readonly bus: Bus) {}

  @Get()
  list(@Query(paging) page: Page) {
    return this.bus.request(reputation.list, page);
  }

  @Get(':nodeId')
  get(@Param('nodeId', idOfNode) id: string) {
    return this.bus.request(reputation.get, { nodeId: id });
  }

  /** Every term of its score. */
  @Get(':nodeId/explain')
  explain(@Param('nodeId', idOfNode) id: string) {
    return this.bus.request(reputation.explain, { nodeId: id });
  }

  /** Its changes of level, the newest first. */
  @Get(':nodeId/history')
  history(@Param('nodeId', idOfNode) id: string, @Query(pagingOfChanges) page: z.infer<typeof changesQuery>) {
    return this.bus.request(reputation.history, { nodeId: id, ...page });
  }

  /** Its trials over time, for plots. */
  @Get(':nodeId/series')
  series(
    @Param('nodeId', idOfNode) id: string,
    @Query(phaseOfSeries) query: Omit<InputOf<typeof reputation.series>, 'nodeId'>,
  ) {
    return this.bus.request(reputation.series, { nodeId: id, ...query });
  }
}
