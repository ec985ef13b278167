import { type InputOf, nodePool, session, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { AdminOnly } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';
import { type Page, pageQuery } from './paging.js';

const tokenBody = new InputPipe(nodePool.createJoinToken.input, 'the body');
const tokenQuery = new InputPipe(pageQuery, 'the query');
const idOfToken = new InputPipe(uuid, 'the join token id');

@Controller('v1/join-tokens')
@AdminOnly()
export class JoinTokensController {
  constructor(private readonly bus: Bus) {}

  /** The only answer that ever shows the token. An owner must exist: nodes of a mistyped one would serve nobody. */
  @Post()
  async create(@Body(tokenBody) token: InputOf<typeof nodePool.createJoinToken>) {
    const { owner } = token;
    if (owner !== null) await this.bus.request(session.getKey, { keyId: owner });
    return this.bus.request(nodePool.createJoinToken, token);
  }

  @Get()
  list(@Query(tokenQuery) query: Page) {
    return this.bus.request(nodePool.listJoinTokens, query);
  }

  @Delete(':id')
  revoke(@Param('id', idOfToken) tokenId: string) {
    return this.bus.request(nodePool.revokeJoinToken, { tokenId });
  }
}
