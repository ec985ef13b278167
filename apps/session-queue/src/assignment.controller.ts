import { type InputOf, nodePool, type OutputOf, type PayloadOf, sessionQueue } from '@ganglion/contracts';
import { Handles, type MessageContext, On } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { AssignmentStore } from './assignment.store.js';
import { DispatchService } from './dispatch.service.js';
import { EndingService } from './ending.service.js';

@Controller()
export class AssignmentController {
  constructor(
    private readonly store: AssignmentStore,
    private readonly dispatch: DispatchService,
    private readonly endings: EndingService,
  ) {}

  @Handles(sessionQueue.assign)
  async assign({
    sessionId,
    nodes,
  }: InputOf<typeof sessionQueue.assign>): Promise<OutputOf<typeof sessionQueue.assign>> {
    const assigned = await this.store.assign(sessionId, nodes);
    this.dispatch.pump({ sessionId });
    return { assigned };
  }

  @Handles(sessionQueue.release)
  async release(input: InputOf<typeof sessionQueue.release>): Promise<OutputOf<typeof sessionQueue.release>> {
    return { releasing: await this.store.release(input.sessionId, input.nodeIds, input.reason) };
  }

  @Handles(sessionQueue.load)
  async load({ sessionIds }: InputOf<typeof sessionQueue.load>): Promise<OutputOf<typeof sessionQueue.load>> {
    return { sessions: await this.store.load(sessionIds) };
  }

  @On(nodePool.nodeTesting)
  async nodeTesting(
    node: PayloadOf<typeof nodePool.nodeTesting>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.store.leave(node, eventId!, { code: 'left_session', message: 'the pool took it back' });
  }

  @On(nodePool.nodeDraining)
  async nodeDraining(
    node: PayloadOf<typeof nodePool.nodeDraining>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.store.leave(node, eventId!, { code: 'node_draining', message: 'its node is to leave' });
  }

  @On(nodePool.nodeRetired)
  async nodeRetired(
    node: PayloadOf<typeof nodePool.nodeRetired>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.endings.nodeGone(node, eventId!, { code: 'node_retired', message: 'its node was retired' });
  }

  @On(nodePool.nodeOffline)
  async nodeOffline(
    node: PayloadOf<typeof nodePool.nodeOffline>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.endings.nodeGone(node, eventId!, { code: 'node_offline', message: 'its node went offline' });
  }

  @On(nodePool.nodeQuarantined)
  async nodeQuarantined(
    node: PayloadOf<typeof nodePool.nodeQuarantined>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.endings.nodeGone(node, eventId!, {
      code: 'node_quarantined',
      message: 'its node was quarantined',
    });
  }

  @On(nodePool.nodeEphemeral)
  async nodeEphemeral(
    { nodeId }: PayloadOf<typeof nodePool.nodeEphemeral>,
    { eventId }: MessageContext,
  ): Promise<void> {
    await this.store.freeTestSlot(nodeId, eventId!);
  }
}
