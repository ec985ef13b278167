import { Fault, type InputOf, nodePool, type OutputOf } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { PoolDatabase } from './pool-database.store.js';

/** Which nodes could make a test for others. */
@Injectable()
export class ExaminerStore {
  constructor(private readonly database: PoolDatabase) {}

  /** @throws Fault `NOT_FOUND` when the model is not known */
  async find({
    modelDigest,
    nodeIds,
    limit,
  }: InputOf<typeof nodePool.findExaminers>): Promise<OutputOf<typeof nodePool.findExaminers>> {
    const { client } = this.database;
    const model = await client.model.findUnique({ where: { digest: modelDigest } });
    if (!model) throw new Fault('NOT_FOUND', `modelDigest: ${modelDigest} is not known to the pool`);
    const [participants, examiners] = await Promise.all([
      client.node.findMany({
        where: { id: { in: nodeIds }, modelDigest },
        select: { id: true, determinismClass: true, slots: true, tokensPerSecond: true },
      }),
      // A dedicated node works for its owner, and for nobody else.
      client.node.findMany({
        where: {
          modelDigest,
          state: { in: ['EPHEMERAL', 'RESERVED'] },
          id: { notIn: nodeIds },
          dedicatedTo: null,
          testedAt: { not: null },
        },
        select: { id: true, determinismClass: true, state: true, level: true },
        orderBy: [{ level: 'desc' }, { testedAt: 'desc' }],
        take: limit,
      }),
    ]);
    return {
      contextLength: model.contextLength,
      participants: participants.map(({ id, determinismClass, slots, tokensPerSecond }) => ({
        nodeId: id,
        determinismClass,
        // Several requests at once tell nothing of its speed, which must be known first.
        slots: tokensPerSecond === null ? 1 : slots,
      })),
      examiners: examiners.map(({ id, ...node }) => ({ nodeId: id, ...node })),
    };
  }
}
