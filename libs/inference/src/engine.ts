/** What an engine takes and gives. The only part of this library that a caller needs to know. */

export interface ModelFile {
  /** Relative to the model's directory, with forward slashes. */
  path: string;
  bytes: number;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** A question whose one right answer the model is known to give greedily; used by health tests. */
export interface Challenge {
  prompt: string;
  answer: string;
  maxTokens: number;
}

export interface ModelInfo {
  id: string;
  /** The model's directory, absolute. */
  path: string;
  /** Tokens, prompt and completion together. */
  contextLength: number;
  vocabSize: number;
  eosTokenIds: number[];
  defaults: { temperature: number; topP: number; topK: number; maxTokens: number };
  /** The manifest: every file that decides the model's answers, sorted by path. */
  files: ModelFile[];
  /** As the chosen ONNX file is named: `int8`, `q4`, `fp16`, …; `fp32` for plain `model.onnx`. */
  quantisation: string;
  /** Weights, where `config.json` tells enough to count them. */
  parameters?: number;
  challenges: Challenge[];
}

/** What the text of an answer must be; a JSON schema as JSON text, because the order of its properties counts. */
export type ResponseFormat = { type: 'json_object' } | { type: 'json_schema'; schema: string };

export interface Sampling {
  /** 0 is greedy. */
  temperature: number;
  /** In (0, 1]; 1 is off. */
  topP: number;
  /** 0 is off. */
  topK: number;
  /** In [0, 1]; 0 is off. */
  minP: number;
  presencePenalty: number;
  frequencyPenalty: number;
  /** Above 0; 1 is off. */
  repetitionPenalty: number;
  /** 0 … 2^53 - 1. */
  seed: number;
  /** At least 1; bounded by what the context leaves. */
  maxTokens: number;
  stop: string[];
  /** What is added to the raw logit of each of these tokens, -100 … 100; ids rise. At most 1,024. */
  logitBias?: [id: number, bias: number][] | undefined;
  /** Any text unless given. */
  format?: ResponseFormat;
}

export type Prompt = { messages: { role: string; content: string }[] } | { text: string };

export interface GenerateRequest {
  prompt: Prompt;
  sampling: Sampling;
  /** Which of a request's n completions this is, from 0: it is part of the random counter. */
  choice: number;
  /** Asks for log-probabilities: of each token, and of this many of the most likely ones, 0 … 20. */
  logprobs?: number | undefined;
  /** Tokens already accepted, with the text that each released: continue after them. */
  resumeFrom?: { id: number; text: string }[];
}

export type Finish = 'stop' | 'length' | 'cancelled' | 'content_filter' | 'error';

/** The two largest raw logits of a position, times 256, rounded half to even, as int32; ties go to the lower id. */
export interface Evidence {
  top1Id: number;
  top1: number;
  top2Id: number;
  top2: number;
}

/** A token's text; its bytes in base64 where they are no whole characters; its name where it is not text. */
export type TokenName = string | { bytes: string } | { special: string };

/** `logprob`: under the softmax of the raw logits, in ten-thousandths, rounded half to even, -99,990,000 … 0. */
export type TokenLogprob = [id: number, logprob: number, name: TokenName];

export interface GeneratedToken {
  id: number;
  /** What this token releases: whole characters, of no thought, that cannot become part of a stop sequence. */
  text: string;
  evidence: Evidence;
  /** Where they were asked for: of this token, then of the most likely by falling logit, ties to the lower id. */
  logprobs?: TokenLogprob[];
  /** Only on the last token. */
  finish?: Finish;
}

/** Tokens that someone says a request gave, from its first. */
export interface ScoreRequest extends Omit<GenerateRequest, 'resumeFrom'> {
  claimed: readonly number[];
  /** How far two logits of an honest answer may come apart: the edges of the filters are taken as uncertain by so much. */
  slack?: number;
}

/**
 * What the model says of each claimed token, given those before it as they were claimed. All arrays are by position.
 *
 * A claim is computed several tokens at a time, and kernels round differently there than for one: an honest answer has
 * small gaps and differences of evidence too, of logits up to 4e-2 with int4 weights, 2e-6 with fp32. On one determinism
 * class and one claim they are the same bits each time; what is tolerable is measured by a calibration
 * (docs/audits-scoring.md).
 */
export interface Score {
  /**
   * The final score (penalised logit when greedy, else `logit/T + g`) of the token that would have been chosen, less the
   * claimed token's: 0 when it is that token, Infinity (which JSON cannot write) when the filters left it no chance.
   */
  gaps: Float64Array;
  /** The tokens that would have been chosen. */
  chosen: Uint32Array;
  /** Four numbers each: `top1Id`, `top1`, `top2Id`, `top2` of the evidence. */
  evidence: Int32Array;
}

/** How ONNX Runtime is called: through its C API, or through the binding that comes with it for Node. */
export type BindingName = 'c-api' | 'onnxruntime-node';

/** What computes: the processor, or an NVIDIA graphics card. */
export type ProviderName = 'cpu' | 'cuda';

export interface Engine {
  readonly model: ModelInfo;
  readonly binding: BindingName;
  /** What makes it slower or smaller than it could be, in sentences for whoever runs it. */
  readonly notices: readonly string[];
  /** Two engines of the same model and the same class give the same bits, e.g. `ort1.30.0-cpu-avx2-prefill64`. */
  readonly determinismClass: string;
  /** @throws InferenceError PROMPT_INVALID */
  countPromptTokens(prompt: Prompt): Promise<number>;
  /**
   * Streams a completion. After an abort the iteration ends quietly, with no token beyond those already made.
   * @throws InferenceError PROMPT_TOO_LONG, PROMPT_INVALID, or ENGINE_FAILED when the engine's process dies
   */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GeneratedToken>;
  /**
   * Scores claimed tokens in one prefill, between the steps of the answers under way. End of text and stop sequences
   * within the claim mean nothing here: whether it ends where it must is for the caller to see.
   * @throws InferenceError PROMPT_TOO_LONG; PROMPT_INVALID, with `claimed` or `claimed[i]` as its field for an empty
   *   claim, one that the context cannot hold, or what is no token; CANCELLED after an abort; ENGINE_FAILED
   */
  score(request: ScoreRequest, signal: AbortSignal): Promise<Score>;
  /** Ends the process; what is still in flight fails with ENGINE_FAILED. */
  close(): Promise<void>;
}
