import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { ExaminerStore } from './examiner.store.js';

/** Who may make tests. */
@Controller()
export class ExaminerController {
  constructor(private readonly examiners: ExaminerStore) {}

  @Handles(nodePool.findExaminers)
  find(input: InputOf<typeof nodePool.findExaminers>): Promise<OutputOf<typeof nodePool.findExaminers>> {
    return this.examiners.find(input);
  }
}
