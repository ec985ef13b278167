/** What the specs share: the real bundled model, and how they ask it. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Engine, GeneratedToken, GenerateRequest, Prompt, Sampling } from '../engine.js';
import { openEngine, type EngineOptions } from '../open-engine.js';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const TINY = pathOf('../../../../models/tiny');
export const FIXTURES = pathOf('../../fixtures');

export const GREEDY: Sampling = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  seed: 0,
  maxTokens: 128,
  stop: [],
};

let isBuilt = false;

/** Builds the thread's program, which runs from dist/, unless it is current. */
export function build(): void {
  if (isBuilt) return;
  execFileSync('npx', ['tsc', '-b', pathOf('../..')], { stdio: ['ignore', 'inherit', 'ignore'] });
  isBuilt = true;
}

/** The bundled model unless told otherwise, in a thread built from the current source. */
export async function openBuilt(options: Partial<EngineOptions> = {}): Promise<Engine> {
  build();
  return openEngine({ model: TINY, threads: 1, ...options });
}

export function chat(content: string): Prompt {
  return { messages: [{ role: 'user', content }] };
}

export function request(prompt: Prompt, sampling: Partial<Sampling> = {}): GenerateRequest {
  return { prompt, sampling: { ...GREEDY, ...sampling }, choice: 0 };
}

export async function collect(engine: Engine, what: GenerateRequest): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  for await (const token of engine.generate(what, new AbortController().signal)) tokens.push(token);
  return tokens;
}

export function textOf(tokens: readonly GeneratedToken[]): string {
  return tokens.map((token) => token.text).join('');
}
