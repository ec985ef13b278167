import { randomInt } from 'node:crypto';
import { type cognitive, Fault, type InputOf, type OutputOf, type TaskShape } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { drawCompanions } from './companions.js';
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
    const { makers, slots, contextLength } = await this.roles.find(modelDigest, nodeIds);
    const shape = await this.shapes.draw({ modelDigest, contextLength: makers ? contextLength : null });
    const ofModel = { id: model, digest: modelDigest };
    const request = freeze(challenge, ofModel, shape.request.sampling);
    const tested = makers?.nodeIds ?? nodeIds;
    // Of a node that serves its slots are users'.
    const free = new Map(serving ? [] : tested.map((nodeId) => [nodeId, slots.get(nodeId) ?? 1]));
    const kind = drawKind(shape.request, (below) => randomInt(below), Math.max(1, ...free.values()));
    const isConcurrent = kind === 'concurrent';
    const draw = (): Promise<TaskShape> => this.shapes.draw({ modelDigest, contextLength });
    return this.rounds.open({
      ...{ epoch, oracleId, model: ofModel, challenge, request, shape, serving, nodeIds: tested },
      companions: isConcurrent ? await drawCompanions(free, ofModel, draw) : [],
      // What else the oracle's challenge looks at is up to whoever registered it.
      kind: makers || isConcurrent ? kind : 'known-answer',
      ...(makers ? { byNodes: { determinismClass: makers.determinismClass } } : {}),
    });
  }
}
