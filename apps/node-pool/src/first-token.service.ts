import { Clock, outlast } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { FoundingStore } from './founding.store.js';
import { NodePoolConfig } from './node-pool.config.js';

const YEARS_MS = 10 * 365 * 86_400_000;
const MANY_NODES = 10_000;

/** Takes the token that came with the installation into the table: with it the first nodes bring the first models. */
@Injectable()
export class FirstTokenService implements OnApplicationBootstrap {
  constructor(
    private readonly config: NodePoolConfig,
    private readonly founding: FoundingStore,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const hash = this.config.secrets.firstJoinTokenHash;
    if (hash === undefined) return;
    const createdAt = this.clock.now();
    const token = {
      hash,
      owner: null,
      mayRegisterModels: true,
      maxNodes: MANY_NODES,
      expiresAt: new Date(createdAt.getTime() + YEARS_MS),
      createdAt,
    };
    await outlast('the first join token', () => this.founding.ensureToken(token));
  }
}
