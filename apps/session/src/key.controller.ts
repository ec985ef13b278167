import { type InputOf, type OutputOf, session } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { KeyService } from './key.service.js';
import { UsageStore } from './usage.store.js';

@Controller()
export class KeyController {
  constructor(
    private readonly keys: KeyService,
    private readonly usages: UsageStore,
  ) {}

  @Handles(session.authenticate)
  authenticate({
    keyHash,
  }: InputOf<typeof session.authenticate>): Promise<OutputOf<typeof session.authenticate>> {
    return this.keys.authenticate(keyHash);
  }

  @Handles(session.createKey)
  createKey(input: InputOf<typeof session.createKey>): Promise<OutputOf<typeof session.createKey>> {
    return this.keys.create(input);
  }

  @Handles(session.getKey)
  get({ keyId }: InputOf<typeof session.getKey>): Promise<OutputOf<typeof session.getKey>> {
    return this.keys.get(keyId);
  }

  @Handles(session.listKeys)
  list(input: InputOf<typeof session.listKeys>): Promise<OutputOf<typeof session.listKeys>> {
    return this.keys.list(input);
  }

  @Handles(session.changeKey)
  change(input: InputOf<typeof session.changeKey>): Promise<OutputOf<typeof session.changeKey>> {
    return this.keys.change(input);
  }

  @Handles(session.revokeKey)
  async revokeKey({ keyId }: InputOf<typeof session.revokeKey>): Promise<OutputOf<typeof session.revokeKey>> {
    await this.keys.revoke(keyId);
    return {};
  }

  @Handles(session.usage)
  usage({ keyId }: InputOf<typeof session.usage>): Promise<OutputOf<typeof session.usage>> {
    return this.usages.of(keyId);
  }

  @Handles(session.usageDays)
  days(input: InputOf<typeof session.usageDays>): Promise<OutputOf<typeof session.usageDays>> {
    return this.usages.days(input);
  }
}
