import { randomBytes, randomInt } from 'node:crypto';
import type { FrozenRequest, TaskShape } from '@ganglion/contracts';
import { roundRequest } from '@ganglion/node/rounds';
import { isLong, MOST_AT_ONCE } from './kinds.js';

/** A task for a participant beside its own. */
export interface CompanionTask {
  readonly nodeId: string;
  readonly request: FrozenRequest;
  readonly lifetimeMs: number;
  readonly redundancy: number;
}

/** Draws until a shape has room for a long answer. */
const TRIES = 8;

/**
 * Tasks that fill the slots of the nodes, beside the one that each is tested with. They look like any other, each with a shape
 * of its own, so that a node cannot know which of its answers is compared.
 * @param slots of each node, as it declared them
 */
export const drawCompanions = async (
  slots: ReadonlyMap<string, number>,
  model: { id: string; digest: string },
  draw: () => Promise<TaskShape>,
): Promise<CompanionTask[]> => {
  const companions: CompanionTask[] = [];
  for (const [nodeId, count] of slots)
    for (let beside = 1; beside < Math.min(count, MOST_AT_ONCE); beside++) {
      let shape = await draw();
      for (let tries = 1; tries < TRIES && !isLong(shape.request); tries++) shape = await draw();
      const { lifetimeMs, redundancy } = shape;
      const kind = 'known-answer' as const;
      const wanted = { kind, model: model.id, modelDigest: model.digest, shape: shape.request };
      const request = roundRequest(randomBytes(32).toString('hex'), wanted);
      companions.push({ nodeId, request, lifetimeMs, redundancy });
    }
  return companions;
};

/** Tasks of different users do not come in the same millisecond. */
const MOST_BEFORE_MS = 300;

/** When a companion is said to have been submitted. */
export const drawSubmission = (at: Date): Date => new Date(at.getTime() - randomInt(MOST_BEFORE_MS));
