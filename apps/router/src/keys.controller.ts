import { type InputOf, session, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { AdminOnly } from './auth.guard.js';
import { z } from 'zod';
import { InputPipe } from './input.pipe.js';
import { pageQuery } from './paging.js';

const keyBody = new InputPipe(session.createKey.input, 'the body');
const changeBody = new InputPipe(session.changeKey.input.omit({ keyId: true }), 'the body');
const keysQuery = new InputPipe(
  pageQuery.extend({ cursor: uuid.optional(), revoked: z.stringbool().default(false) }).strict(),
  'the query',
);
const idOfKey = new InputPipe(uuid, 'the key id');

@Controller('v1/keys')
@AdminOnly()
export class KeysController {
  constructor(private readonly bus: Bus) {}

  /** The only answer that ever shows the key. */
  @Post()
  create(@Body(keyBody) key: InputOf<typeof session.createKey>) {
    return this.bus.request(session.createKey, key);
  }

  /** Without their texts; those that were revoked only if they are asked for. */
  @Get()
  list(@Query(keysQuery) query: InputOf<typeof session.listKeys>) {
    return this.bus.request(session.listKeys, query);
  }

  /** What is left out stays as it is. */
  @Patch(':id')
  change(
    @Param('id', idOfKey) id: string,
    @Body(changeBody) change: Omit<InputOf<typeof session.changeKey>, 'keyId'>,
  ) {
    return this.bus.request(session.changeKey, { ...change, keyId: id });
  }

  @Delete(':id')
  revoke(@Param('id', idOfKey) id: string) {
    return this.bus.request(session.revokeKey, { keyId: id });
  }
}
