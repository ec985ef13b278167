import {
  type ApiKeyFacts,
  Fault,
  type InputOf,
  nodeActionBody,
  nodeId,
  nodePool,
  nodeState,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { AdminOnly, Caller, Public } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';
import { JoinLimitGuard } from './join-limit.guard.js';
import { pageQuery } from './paging.js';

const nodeQuery = new InputPipe(pageQuery.extend({ state: nodeState.optional() }), 'the query');
const idOfNode = new InputPipe(nodeId, 'the node id');
const actionBody = new InputPipe(nodeActionBody, 'the body');
const joinBody = new InputPipe(nodePool.join.input, 'the body');

/** A declaration travels in one broker message (1 MB). */
const MAX_JOIN_BYTES = 900_000;

@Controller('v1/nodes')
export class NodesController {
  constructor(private readonly bus: Bus) {}

  @Get()
  list(@Query(nodeQuery) query: InputOf<typeof nodePool.list>) {
    return this.bus.request(nodePool.list, query);
  }

  @Get(':id')
  get(@Param('id', idOfNode) id: string) {
    return this.bus.request(nodePool.get, { nodeId: id });
  }

  /** What an operator does with a node; its history says who did it, and why. */
  @Post(':id/actions')
  @HttpCode(200)
  @AdminOnly()
  act(
    @Param('id', idOfNode) id: string,
    @Body(actionBody) action: z.infer<typeof nodeActionBody>,
    @Caller() { keyId }: ApiKeyFacts,
  ) {
    return this.bus.request(nodePool.act, { ...action, nodeId: id, by: keyId });
  }

  /** A miner's first step in: what it must sign. */
  @Post('nonce')
  @HttpCode(200)
  @Public()
  @UseGuards(JoinLimitGuard)
  nonce() {
    return this.bus.request(nodePool.nonce, {});
  }

  /** A miner's second step in: its signature, and a join token if it is unknown, authenticate it. */
  @Post('join')
  @HttpCode(200)
  @Public()
  @UseGuards(JoinLimitGuard)
  join(@Body(joinBody) input: InputOf<typeof nodePool.join>) {
    if (Buffer.byteLength(JSON.stringify(input)) > MAX_JOIN_BYTES)
      throw new Fault(
        'TOO_LARGE',
        `the declaration is larger than ${MAX_JOIN_BYTES} bytes: send fewer challenges`,
        {
          field: 'declared.model.challenges',
        },
      );
    return this.bus.request(nodePool.join, input, { timeoutMs: 10_000 });
  }
}
