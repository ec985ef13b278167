import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles, type MessageContext } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { BeatGuard } from './beat-guard.service.js';
import { CredentialService } from './credential.service.js';
import { NodeService } from './node.service.js';
import { PresenceService } from './presence.service.js';

/** The broker lets a node publish below its own id only, so the subject says who asks. */
const sender = ({ nodeId, subject }: MessageContext): string => {
  if (nodeId === undefined) throw new Error(`${subject} names no node`);
  return nodeId;
};

/** What miners ask over their own connection. */
@Controller()
export class MinerController {
  constructor(
    private readonly presence: PresenceService,
    private readonly credentials: CredentialService,
    private readonly nodes: NodeService,
    private readonly guard: BeatGuard,
  ) {}

  @Handles(nodePool.heartbeat)
  async heartbeat(
    _: InputOf<typeof nodePool.heartbeat>,
    context: MessageContext,
  ): Promise<OutputOf<typeof nodePool.heartbeat>> {
    const nodeId = sender(context);
    return { state: await this.guard.pass(nodeId, () => this.presence.heartbeat(nodeId)) };
  }

  @Handles(nodePool.renew)
  renew(_: object, context: MessageContext): Promise<OutputOf<typeof nodePool.renew>> {
    const nodeId = sender(context);
    return this.guard.pass(nodeId, () => this.credentials.renew(nodeId));
  }

  @Handles(nodePool.leave)
  leave(_: object, context: MessageContext): Promise<OutputOf<typeof nodePool.leave>> {
    const nodeId = sender(context);
    return this.guard.pass(nodeId, () => this.nodes.leave(nodeId));
  }
}
