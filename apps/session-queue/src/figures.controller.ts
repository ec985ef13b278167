import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { FiguresStore } from './figures.store.js';

/** What operators see of the queue. */
@Controller()
export class FiguresController {
  constructor(private readonly store: FiguresStore) {}

  @Handles(sessionQueue.figures)
  figures(input: InputOf<typeof sessionQueue.figures>): Promise<OutputOf<typeof sessionQueue.figures>> {
    return this.store.figures(input);
  }
}
