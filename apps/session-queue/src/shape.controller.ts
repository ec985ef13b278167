import { type InputOf, type OutputOf, sessionQueue } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { ShapeStore } from './shape.store.js';

/** What tasks look like, to those who make tests that look the same. */
@Controller()
export class ShapeController {
  constructor(private readonly shapes: ShapeStore) {}

  @Handles(sessionQueue.shapes)
  recent(input: InputOf<typeof sessionQueue.shapes>): Promise<OutputOf<typeof sessionQueue.shapes>> {
    return this.shapes.recent(input);
  }
}
