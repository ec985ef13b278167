import { availableParallelism, cpus, totalmem } from 'node:os';
import { manifestDigest } from '@ganglion/commitment';
import { type Challenge, type Declaration, declaration, Fault } from '@ganglion/contracts';
import type { NodeEngine, NodeModel } from './engine.js';
import type { LoadableModel } from './loading.js';

/** The digest that requests name this engine's model by. */
export const modelDigestOf = ({ model }: { model: Pick<NodeModel, 'files'> }): string =>
  manifestDigest([...model.files]);

/** What a node declares beside its engine. */
export interface OwnWords {
  readonly slots: number;
  readonly version: string;
  readonly challenges?: readonly Challenge[] | undefined;
  /** The processor's instruction set, for those who look at the node. */
  readonly isa?: string | undefined;
  /** Models that it may be told to load in place of this one. */
  readonly models?: readonly LoadableModel[] | undefined;
  /** Why it is back without the model that it was told to load. */
  readonly loadFailed?: string | undefined;
}

/**
 * What a node says of itself on joining.
 * @throws Fault `INVALID` naming the field, when the model's directory gave something that cannot be declared
 */
export const declare = (engine: NodeEngine, own: OwnWords): Declaration => {
  const { id, contextLength, quantisation, parameters, defaults, files, challenges } = engine.model;
  const { temperature, topP, topK, maxTokens } = defaults;
  const parsed = declaration.safeParse({
    version: own.version,
    model: {
      id,
      digest: modelDigestOf(engine),
      contextLength,
      quantisation,
      ...(parameters === undefined ? {} : { parameters }),
      defaults: { temperature, topP, topK, maxTokens },
      files: files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
      challenges: (own.challenges ?? challenges).map(({ prompt, answer, maxTokens: most }) => ({
        prompt,
        answer,
        maxTokens: most,
      })),
    },
    slots: own.slots,
    determinismClass: engine.determinismClass,
    cpu: (cpus()[0]?.model ?? 'unknown').slice(0, 256),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    ...(own.isa === undefined ? {} : { isa: own.isa }),
    ...(own.models?.length
      ? { models: own.models.map((other) => ({ id: other.id, digest: other.digest })) }
      : {}),
    ...(own.loadFailed === undefined ? {} : { loadFailed: own.loadFailed.slice(0, 512) }),
  });
  if (!parsed.success) throw Fault.fromZod(parsed.error, 'the declaration');
  return parsed.data;
};
