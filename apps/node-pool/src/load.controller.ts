import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { LoadService } from './load.service.js';

/** What sessions ask when no free node has their model. */
@Controller()
export class LoadController {
  constructor(private readonly loads: LoadService) {}

  @Handles(nodePool.load)
  load(input: InputOf<typeof nodePool.load>): Promise<OutputOf<typeof nodePool.load>> {
    return this.loads.load(input);
  }
}
