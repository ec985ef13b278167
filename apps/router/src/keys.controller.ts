import { session } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { AdminOnly } from './auth.guard.js';
import { parseInput } from './input.js';

@Controller('v1/keys')
@AdminOnly()
export class KeysController {
  constructor(private readonly bus: Bus) {}

  /** The only answer that ever shows the key. */
  @Post()
  create(@Body() body: unknown) {
    return this.bus.request(session.createKey, parseInput(session.createKey.input, body, 'the body'));
  }

  @Delete(':id')
  revoke(@Param('id') keyId: string) {
    return this.bus.request(session.revokeKey, { keyId });
  }
}
