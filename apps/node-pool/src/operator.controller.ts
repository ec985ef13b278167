import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { OperatorService } from './operator.service.js';

/** What operators ask and do. */
@Controller()
export class OperatorController {
  constructor(private readonly operators: OperatorService) {}

  @Handles(nodePool.act)
  act(input: InputOf<typeof nodePool.act>): Promise<OutputOf<typeof nodePool.act>> {
    return this.operators.act(input);
  }

  @Handles(nodePool.counts)
  counts(): Promise<OutputOf<typeof nodePool.counts>> {
    return this.operators.counts();
  }
}
