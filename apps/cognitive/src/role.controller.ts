import { cognitive, type InputOf, type OutputOf } from '@ganglion/contracts';
import { Handles, type MessageContext } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { HandingInService } from './handing-in.service.js';
import { OpeningService } from './opening.service.js';

/** How a round comes to its challenge. */
@Controller()
export class RoleController {
  constructor(
    private readonly opening: OpeningService,
    private readonly handingIn: HandingInService,
  ) {}

  @Handles(cognitive.open)
  open(input: InputOf<typeof cognitive.open>): Promise<OutputOf<typeof cognitive.open>> {
    return this.opening.open(input);
  }

  @Handles(cognitive.created)
  created(
    input: InputOf<typeof cognitive.created>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof cognitive.created>> {
    return this.handingIn.created(input, nodeId!);
  }

  @Handles(cognitive.prepared)
  prepared(
    input: InputOf<typeof cognitive.prepared>,
    { nodeId }: MessageContext,
  ): Promise<OutputOf<typeof cognitive.prepared>> {
    return this.handingIn.prepared(input, nodeId!);
  }
}
