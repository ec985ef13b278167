import { availableParallelism, cpus, totalmem } from 'node:os';
import { manifestDigest } from '@ganglion/commitment';
import { type Challenge, type Declaration, declaration, Fault } from '@ganglion/contracts';
import type { NodeEngine } from './engine.js';

/** The digest that requests name this engine's model by. */
export const modelDigestOf = (engine: NodeEngine): string => manifestDigest([...engine.model.files]);

/**
 * What a node says of itself on joining.
 * @throws Fault `INVALID` naming the field, when the model's directory gave something that cannot be declared
 */
export const declare = (
  engine: NodeEngine,
  own: {
    slots: number;
    version: string;
    challenges?: readonly Challenge[] | undefined;
    isa?: string | undefined;
  },
): Declaration => {
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
  });
  if (!parsed.success) throw Fault.fromZod(parsed.error, 'the declaration');
  return parsed.data;
};
