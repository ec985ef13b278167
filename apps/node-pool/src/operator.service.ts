import { Fault, type InputOf, type nodePool, type NodeView, type OutputOf } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { NodeStore } from './node.store.js';
import { act, operatorReason } from './operator-action.js';
import { PresenceStore } from './presence.store.js';
import { RevocationService } from './revocation.service.js';

/** What an operator does with nodes. */
@Injectable()
export class OperatorService {
  constructor(
    private readonly nodes: NodeStore,
    private readonly revocations: RevocationService,
    private readonly presence: PresenceStore,
  ) {}

  /** @throws Fault `NOT_FOUND`, or `CONFLICT` when the node's state does not allow it */
  async act(input: InputOf<typeof nodePool.act>): Promise<NodeView> {
    const { nodeId, action } = input;
    const reason = operatorReason(action, input.by, input.reason);
    // The broker must refuse its key from then on.
    if (action === 'retire') return this.revocations.revoke(nodeId, reason);
    const node = await this.nodes.change(nodeId, (facts, now) => act(facts, action, { reason, now }));
    if (!node)
      throw new Fault('NOT_FOUND', `nodeId: ${nodeId} is not known; list the nodes to see which are`);
    return node;
  }

  async counts(): Promise<OutputOf<typeof nodePool.counts>> {
    return { nodes: Object.fromEntries(await this.presence.countByState()) };
  }
}
