import { type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Handles } from '@ganglion/messaging';
import { Controller } from '@nestjs/common';
import { JoinTokenService } from './join-token.service.js';

@Controller()
export class JoinTokenController {
  constructor(private readonly tokens: JoinTokenService) {}

  @Handles(nodePool.createJoinToken)
  create(
    input: InputOf<typeof nodePool.createJoinToken>,
  ): Promise<OutputOf<typeof nodePool.createJoinToken>> {
    return this.tokens.create(input);
  }

  @Handles(nodePool.listJoinTokens)
  list(input: InputOf<typeof nodePool.listJoinTokens>): Promise<OutputOf<typeof nodePool.listJoinTokens>> {
    return this.tokens.list(input);
  }

  @Handles(nodePool.revokeJoinToken)
  revoke({
    tokenId,
  }: InputOf<typeof nodePool.revokeJoinToken>): Promise<OutputOf<typeof nodePool.revokeJoinToken>> {
    return this.tokens.revoke(tokenId);
  }
}
