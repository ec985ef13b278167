import type { Progress } from './progress.js';

/** What a caller may want to tell its user while a model is obtained. */
export type ModelEvent =
  /** A decision that somebody may wonder about, as a sentence. */
  | { kind: 'notice'; message: string }
  /** A try failed; another one follows after the delay. */
  | { kind: 'retry'; problem: string; delayMs: number }
  | {
      kind: 'started';
      repository: string;
      commit: string;
      quantisation: string;
      files: number;
      totalBytes: number;
    }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'finished'; repository: string; commit: string; quantisation: string; totalBytes: number };
