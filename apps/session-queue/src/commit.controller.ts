import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles, type MessageContext } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { CommitService } from './commit.service.js';
import { FloodService } from './flood.service.js';

@Controller()
export class CommitController {
  constructor(
    private readonly commits: CommitService,
    private readonly floods: FloodService,
  ) {}

  @Handles(sessionQueue.precommit)
  precommit(
    input: InputOf<typeof sessionQueue.precommit>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof sessionQueue.precommit>> {
    return this.floods.pass(nodeId!, input, () => this.commits.precommit(input, nodeId!));
  }

  @Handles(sessionQueue.commit)
  commit(
    input: InputOf<typeof sessionQueue.commit>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof sessionQueue.commit>> {
    return this.floods.pass(nodeId!, input, () => this.commits.commit(input, nodeId!));
  }
}
