import { type InputOf, session, uuid } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { AdminOnly } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';

const keyBody = new InputPipe(session.createKey.input, 'the body');
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

  @Delete(':id')
  revoke(@Param('id', idOfKey) id: string) {
    return this.bus.request(session.revokeKey, { keyId: id });
  }
}
