import type { NodeState } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { PoolDatabase } from './pool-database.store.js';

export interface VerifierSearch {
  readonly nodeId: string;
  readonly modelDigest: string;
  readonly limit: number;
}

/** Which nodes could check another one's answers. */
@Injectable()
export class VerifierStore {
  constructor(private readonly database: PoolDatabase) {}

  /** Null when the node or the model is not known. */
  async find({ nodeId, modelDigest, limit }: VerifierSearch) {
    const { client } = this.database;
    const [node, model] = await Promise.all([
      client.node.findUnique({ where: { id: nodeId } }),
      client.model.findUnique({ where: { digest: modelDigest } }),
    ]);
    if (!node || !model) return null;
    // A verifier sees the prompt: the answers of dedicated nodes are their owner's, and nobody else's.
    const verifiers = await client.$queryRaw<
      { nodeId: string; determinismClass: string; state: NodeState }[]
    >`
      SELECT id AS "nodeId", "determinismClass", state::text FROM "Node"
      WHERE "modelDigest" = ${modelDigest} AND state IN ('EPHEMERAL', 'RESERVED') AND id <> ${nodeId}
        AND "dedicatedTo" IS NOT DISTINCT FROM ${node.dedicatedTo}
      ORDER BY "determinismClass" = ${node.determinismClass} DESC, state = 'EPHEMERAL' DESC, random()
      LIMIT ${limit}`;
    return {
      model: { id: model.name, quantisation: model.quantisation },
      determinismClass: node.determinismClass,
      contextLength: node.contextLength,
      joinedAt: node.joinedAt.toISOString(),
      verifiers,
    };
  }
}
