import type { Group } from './contract.js';

export type ContenderName = 'ours' | 'fallback' | 'llamacpp' | 'transformersjs';

/** The engine's binding that runs everywhere; as `openEngine` calls it. */
const PORTABLE_BINDING = 'onnxruntime-node';

export interface ContenderProgram {
  name: ContenderName;
  title: string;
  /** Beside this file, and its arguments. */
  program: string;
  args: readonly string[];
  groups: readonly Group[];
}

const all: readonly Group[] = ['single', 'batch', 'traffic', 'load'];

export const CONTENDERS: readonly ContenderProgram[] = [
  { name: 'ours', title: 'ours', program: 'ours.js', args: [], groups: [...all, 'cancel'] },
  {
    name: 'fallback',
    title: 'ours, fallback binding',
    program: 'ours.js',
    args: [PORTABLE_BINDING],
    groups: [...all, 'cancel'],
  },
  { name: 'llamacpp', title: 'node-llama-cpp', program: 'llama-cpp.js', args: [], groups: all },
  {
    name: 'transformersjs',
    title: '@huggingface/transformers',
    program: 'transformers-js.js',
    args: [],
    groups: all,
  },
];
