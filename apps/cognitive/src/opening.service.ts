import { randomInt } from 'node:crypto';
import { type cognitive, Fault, type InputOf, type OutputOf } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { drawKind } from './kinds.js';
import { freeze } from './request.js';
import { RoleService } from './role.service.js';
import { RoundStore } from './round.store.js';
import { ShapeService } from './shape.service.js';

/** The most nodes that one round tests together. */
const PARTICIPANTS = 8;

/** Opens rounds. */
@Injectable()
export class OpeningService {
  constructor(
    private readonly rounds: RoundStore,
    private readonly roles: RoleService,
    private readonly shapes: ShapeService,
  ) {}

  /**
   * Opens a round. The next tick takes it on, so that the oracle can listen to its tasks before. Nodes that are tested
   * with a challenge of nodes are of one determinism class; the others stay due.
   */
  async open(input: InputOf<typeof cognitive.open>): Promise<OutputOf<typeof cognitive.open>> {
    const { epoch, oracleId, model, modelDigest, nodeIds, challenge, serving = false } = input;
    if (nodeIds.length > PARTICIPANTS)
      throw new Fault('INVALID', `nodeIds: at most ${PARTICIPANTS} nodes per round; open several rounds`);
    if (new Set(nodeIds).size < nodeIds.length)
      throw new Fault('INVALID', 'nodeIds: a node is named twice; name each once');
    const found = await this.roles.find(modelDigest, nodeIds);
    const shape = await this.shapes.draw({ modelDigest, contextLength: found?.contextLength ?? null });
    const request = freeze(challenge, { id: model, digest: modelDigest }, shape.request.sampling);
    const ofModel = { id: model, digest: modelDigest };
    const opening = { epoch, oracleId, model: ofModel, challenge, request, shape, serving };
    if (!found) return this.rounds.open({ ...opening, nodeIds });
    const { determinismClass } = found;
    return this.rounds.open({
      ...opening,
      nodeIds: found.nodeIds,
      byNodes: { kind: drawKind(shape.request, (below) => randomInt(below)), determinismClass },
    });
  }
}
