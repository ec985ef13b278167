import { Fault } from '@ganglion/contracts';
import type { Attempt } from './attempt.js';
import type { NodeClock } from './clock.js';
import { isRefusedPrompt, type NodeEngine, type NodePrompt } from './engine.js';

/** An offer is answered within a second; an engine deep in another prompt may take longer to count. */
const COUNT_MS = 600;

export interface AdmissionOptions {
  readonly engine: NodeEngine;
  readonly modelDigest: string;
  readonly clock: NodeClock;
}

/**
 * May this node run the attempt? Resolves with the promise of the prompt's length, which is known by then unless the
 * prompt certainly fits.
 * @throws Fault `INVALID` when the request can run nowhere with this model; `CONFLICT`, `EXPIRED` or `BUSY` when
 *   another node, or none, should run it
 */
export const admit = async (
  attempt: Attempt,
  options: AdmissionOptions,
): Promise<{ promptTokens: Promise<number> }> => {
  const { engine, modelDigest, clock } = options;
  const { request, expiresAt } = attempt.job;
  if (request.modelDigest !== modelDigest) {
    throw new Fault('CONFLICT', `request.modelDigest: this node serves ${engine.model.id} (${modelDigest})`);
  }
  if (Date.parse(expiresAt) <= clock.ms()) {
    throw new Fault(
      'EXPIRED',
      `expiresAt: ${expiresAt} has passed; here it is ${new Date(clock.ms()).toISOString()}`,
    );
  }
  checkPrefix(attempt, engine);
  checkBias(attempt, engine);
  const promptTokens = countPrompt(engine, request.prompt);
  promptTokens.catch(() => {});
  const tokens = await Promise.race([promptTokens, pause(COUNT_MS)]);
  if (tokens === undefined) {
    if (!certainlyFits(request.prompt, engine))
      throw new Fault('BUSY', 'the engine is deep in another prompt');
  } else if (tokens + 1 > engine.model.contextLength) {
    const { contextLength } = engine.model;
    const problem = `${tokens} tokens, and the context of ${contextLength} must hold them and one more`;
    throw new Fault('INVALID', `prompt: it is ${problem}; shorten it`, {
      field: 'prompt',
      tokens,
      contextLength,
    });
  }
  return { promptTokens };
};

const countPrompt = async (engine: NodeEngine, prompt: NodePrompt): Promise<number> => {
  try {
    return await engine.countPromptTokens(prompt);
  } catch (error) {
    if (isRefusedPrompt(error)) throw new Fault('INVALID', `prompt: ${error.message}`, { field: 'prompt' });
    throw new Fault(
      'BUSY',
      `the engine is not available: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

const checkPrefix = ({ job }: Attempt, { model }: NodeEngine): void => {
  const prefixes = job.resumeFrom ?? [];
  const choices = new Set(prefixes.map(({ choice }) => choice));
  if (choices.size < prefixes.length || [...choices].some((choice) => choice >= job.request.choices)) {
    throw new Fault('INVALID', `resumeFrom: each of the ${job.request.choices} choices may occur once`);
  }
  const longest = Math.max(0, ...prefixes.map(({ tokens }) => tokens.length));
  if (longest <= Math.min(job.request.sampling.maxTokens, model.contextLength)) return;
  throw new Fault('INVALID', `resumeFrom: ${longest} tokens are more than the answer may have`);
};

const checkBias = ({ job }: Attempt, { model }: NodeEngine): void => {
  // The ids rise.
  const largest = job.request.sampling.logitBias?.at(-1)?.[0] ?? 0;
  if (largest < model.vocabSize) return;
  const problem = `token ${largest} is none of this model's: its ids are from 0 to ${model.vocabSize - 1}`;
  throw new Fault('INVALID', `logit_bias: ${problem}`, { field: 'logit_bias' });
};

/** No token is shorter than a byte; what a chat template adds is far less than half a context. */
const certainlyFits = (prompt: NodePrompt, { model }: NodeEngine): boolean => {
  const texts = 'text' in prompt ? [prompt.text] : prompt.messages.map(({ content }) => content);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 16, 0);
  return bytes < model.contextLength / 2;
};

const pause = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
