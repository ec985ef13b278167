import { z } from 'zod';
import { challenge } from './challenge.js';
import { count, hash, modelId, positiveInt, text } from './value.js';

export const modelDefaults = z.strictObject({
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  topK: z.int().min(0),
  maxTokens: positiveInt,
});

/** A model as a miner presents it. */
export const modelDeclaration = z.strictObject({
  id: modelId,
  digest: hash,
  contextLength: positiveInt,
  quantisation: text.max(32),
  parameters: count.optional(),
  defaults: modelDefaults,
  files: z
    .array(z.strictObject({ path: text.max(256), bytes: count, sha256: hash }))
    .min(1)
    .max(256),
  /** Known questions for health tests; only heeded from whoever may register a model. */
  challenges: z.array(challenge).max(500),
});
export type ModelDeclaration = z.infer<typeof modelDeclaration>;

/** What a miner says of itself on joining. The network believes only what it has measured. */
export const declaration = z.strictObject({
  version: text.max(64),
  model: modelDeclaration,
  slots: z.int().min(1).max(64),
  determinismClass: text.min(1).max(128),
  cpu: text.max(256),
  cores: positiveInt,
  memoryBytes: count,
  /** The processor's instruction set as far as answers depend on it, such as `avx512vnni`. */
  isa: text.max(64).optional(),
  /** Models beside the loaded one that it may be told to load. */
  models: z
    .array(z.strictObject({ id: modelId, digest: hash }))
    .max(32)
    .optional(),
  /** Why it is back without the model that it was told to load. */
  loadFailed: text.max(512).optional(),
});
export type Declaration = z.infer<typeof declaration>;
