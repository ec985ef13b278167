import {
  type ApiKeyFacts,
  cognitive,
  nodeId,
  reputation,
  session,
  sessionQueue,
  uuid,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Caller, Public } from './auth.guard.js';
import { parseInput } from './input.js';
import { pageQuery } from './paging.js';

/** What anyone may know of the network, and what a key may know of itself. */
@Controller()
export class NetworkController {
  constructor(private readonly bus: Bus) {}

  /** The key that receipts are checked against. */
  @Get('.well-known/ganglion.json')
  @Public()
  async wellKnown() {
    const { publicKey } = await this.bus.request(sessionQueue.networkKey, {});
    return { network: { publicKey }, receiptVersion: 1 };
  }

  @Get('v1/usage')
  usage(@Caller() { keyId }: ApiKeyFacts) {
    return this.bus.request(session.usage, { keyId });
  }

  @Get('v1/rounds')
  rounds(@Query() query: unknown) {
    return this.bus.request(cognitive.list, parseInput(pageQuery, query, 'the query'));
  }

  @Get('v1/rounds/:id')
  round(@Param('id') id: string) {
    return this.bus.request(cognitive.get, { roundId: parseInput(uuid, id, 'the round id') });
  }

  @Get('v1/reputation')
  scores(@Query() query: unknown) {
    return this.bus.request(reputation.list, parseInput(pageQuery, query, 'the query'));
  }

  @Get('v1/reputation/:nodeId')
  score(@Param('nodeId') id: string) {
    return this.bus.request(reputation.get, { nodeId: parseInput(nodeId, id, 'the node id') });
  }
}
