import { type ApiKeyFacts, cognitive, session, sessionQueue, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Caller, Public } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';
import { type Page, pageQuery } from './paging.js';

const paging = new InputPipe(pageQuery, 'the query');
const idOfRound = new InputPipe(uuid, 'the round id');

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
  rounds(@Query(paging) page: Page) {
    return this.bus.request(cognitive.list, page);
  }

  @Get('v1/rounds/:id')
  round(@Param('id', idOfRound) roundId: string) {
    return this.bus.request(cognitive.get, { roundId });
  }
}
