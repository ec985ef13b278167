/** What the runner and the contenders' programs say to each other: one line of JSON in, one out. */

export const PRECISIONS = ['int4', 'int8', 'fp32'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** One of the models that `npm run models -- bench` makes, with its twin for llama.cpp. */
export interface BenchModel {
  precision: Precision;
  /** In the Hugging Face layout. */
  directory: string;
  /** Of the matrices that a step reads, scales counted. */
  bitsPerWeight: number;
  gguf: string;
  ggufBitsPerWeight: number;
}

/** What one process measures: each has the library to itself, opened for as many sequences as it needs. */
export type Group = 'single' | 'batch' | 'traffic' | 'load' | 'cancel';

export interface Job {
  group: Group;
  model: BenchModel;
  threads: number;
  /** Completions at once. */
  parallel: number;
  /** Tokens made where decoding is timed. */
  tokens: number;
  /** How often a measurement is repeated; the median is taken. */
  repeats: number;
  /** Decides the prompts: a run's rounds have different ones, its contenders the same. */
  seed: number;
}

/** By figure, in the unit that its name ends with. Null where a contender cannot do it. */
export type Figures = Record<string, number | null>;

export type Outcome = { isGood: true; version: string; figures: Figures } | { isGood: false; reason: string };

/** Marks the one line that counts, for native libraries write to standard output as they like. */
export const OUTCOME_MARK = 'ganglion-bench:';
