import { Fault, type nodePool, type OutputOf } from '@ganglion/contracts';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { Credentials } from './credentials.js';
import { NodePoolConfig } from './node-pool.config.js';
import { NodeStore } from './node.store.js';
import { checkVersion } from './version-gate.js';

/** Gives nodes their broker credentials. */
@Injectable()
export class CredentialService {
  constructor(
    private readonly nodes: NodeStore,
    private readonly credentials: Credentials,
    private readonly config: NodePoolConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws Fault `INVALID` when this software is too old for this network */
  checkVersion(version: string): void {
    checkVersion(version, this.config.rules.leastVersion);
  }

  /** For a node that has just been admitted. */
  async issue(nodeId: string): Promise<OutputOf<typeof nodePool.renew>> {
    return {
      ...(await this.credentials.mint(nodeId, this.clock.now())),
      natsUrls: this.config.broker.minerUrls,
    };
  }

  /** For a node that speaks with its old one. Throws `FORBIDDEN` when it is retired, `INVALID` when it is too old, `NOT_FOUND`. */
  async renew(nodeId: string): Promise<OutputOf<typeof nodePool.renew>> {
    const node = await this.nodes.get(nodeId);
    if (!node) throw new Fault('NOT_FOUND', 'this node is not known; join first');
    if (node.state === 'RETIRED') throw new Fault('FORBIDDEN', 'this node is retired; join with a new key');
    this.checkVersion(node.version);
    return this.issue(nodeId);
  }
}
