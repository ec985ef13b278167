import { Fault, type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { VerifierStore } from './verifier.store.js';

/** Whom audits may ask. */
@Controller()
export class VerifierController {
  constructor(private readonly verifiers: VerifierStore) {}

  @Handles(nodePool.findVerifiers)
  async find(
    input: InputOf<typeof nodePool.findVerifiers>,
  ): Promise<OutputOf<typeof nodePool.findVerifiers>> {
    return (await this.verifiers.find(input)) ?? unknown(input);
  }
}

const unknown = ({ nodeId, modelDigest }: InputOf<typeof nodePool.findVerifiers>): never => {
  throw new Fault('NOT_FOUND', `nodeId, modelDigest: ${nodeId} or ${modelDigest} is not known to the pool`);
};
