/** Who and what the vectors are about. The keys are public: never use them for anything else. */
import { digest, hash, keyPair, tag } from './formula.mjs';

const seed = (name) => hash(tag(`ganglion test vectors: ${name}`)).toString('hex');

export const NETWORK = keyPair(seed('network'));
export const MINERS = [keyPair(seed('miner 1')), keyPair(seed('miner 2'))];
export const TASK = '0198c0de-7a5c-7000-8000-000000000001';

const files = [
  'config.json',
  'generation_config.json',
  'onnx/model.onnx',
  'tokenizer.json',
  'tokenizer_config.json',
];

export const MODEL = {
  id: 'ganglion/tiny',
  digest: digest(
    files.map((path) => ({ path, bytes: path.length, sha256: hash(tag(path)).toString('hex') })),
  ).toString('hex'),
};

/** A frozen request: nothing is left to a default, and the salt makes the digest unguessable. */
export const REQUEST = {
  model: MODEL.id,
  modelDigest: MODEL.digest,
  prompt: { messages: [{ role: 'user', content: 'What is the capital of Japan?' }] },
  choices: 1,
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
    seed: 42,
    maxTokens: 16,
    stop: [],
  },
  salt: hash(tag('salt of the request')).toString('hex'),
};
