import type { FinishReason, PositionLogprobs, Sampling } from '@ganglion/contracts';

/** The part of a model that a node declares and reckons with. */
export interface NodeModel {
  readonly id: string;
  /** Tokens, prompt and completion together. */
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly eosTokenIds: readonly number[];
  readonly defaults: { temperature: number; topP: number; topK: number; maxTokens: number };
  readonly files: readonly { path: string; bytes: number; sha256: string }[];
  readonly quantisation: string;
  readonly parameters?: number;
  readonly challenges: readonly { prompt: string; answer: string; maxTokens: number }[];
}

export type NodePrompt = { messages: { role: string; content: string }[] } | { text: string };

export interface GenerateRequest {
  prompt: NodePrompt;
  sampling: Sampling;
  choice: number;
  /** Asks for log-probabilities: of each token, and of this many of the most likely ones. */
  logprobs?: number;
  /** Tokens already accepted: continue after them. */
  resumeFrom?: { id: number; text: string }[];
}

export interface GeneratedToken {
  id: number;
  /** What this token releases: whole UTF-8, possibly empty. */
  text: string;
  /** The two largest raw logits, already times 256 and rounded. */
  evidence: { top1Id: number; top1: number; top2Id: number; top2: number };
  /** Where they were asked for: of this token, then of the most likely ones. */
  logprobs?: PositionLogprobs;
  /** Only on the last token. */
  finish?: FinishReason;
}

/** Tokens that somebody says a request gave, from its first. */
export interface ScoreRequest extends Omit<GenerateRequest, 'logprobs' | 'resumeFrom'> {
  claimed: readonly number[];
  /** How far two logits of an honest answer may come apart. */
  slack: number;
}

/** Of each claimed token, given those before it as they were claimed. */
export interface NodeScore {
  /** Final score of the token that would have been chosen, less the claimed one's; Infinity when it had no chance. */
  readonly gaps: ArrayLike<number>;
  /** Four numbers each: `top1Id`, `top1`, `top2Id`, `top2`. */
  readonly evidence: ArrayLike<number>;
}

/**
 * What a node needs of whatever runs its model; `@ganglion/inference` has this shape, and so may anything else.
 * After an abort `generate` ends quietly, with no token beyond those already made. A rejected request throws an error
 * whose `code` is `PROMPT_TOO_LONG` or `PROMPT_INVALID`; anything else is the engine's failure.
 */
export interface NodeEngine {
  readonly model: NodeModel;
  readonly determinismClass: string;
  countPromptTokens(prompt: NodePrompt): Promise<number>;
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GeneratedToken>;
  /** Scores claimed tokens among the answers under way; rejects after an abort. */
  score(request: ScoreRequest, signal: AbortSignal): Promise<NodeScore>;
}

/** Did the engine refuse the request itself, rather than fail? */
export const isRefusedPrompt = (error: unknown): error is Error => {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return code === 'PROMPT_TOO_LONG' || code === 'PROMPT_INVALID';
};
