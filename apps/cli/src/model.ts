import type { Command } from 'commander';
import { addBench } from './model-bench.js';
import { addCalibrate } from './model-calibrate.js';
import { addInspect } from './model-inspect.js';
import { addList } from './model-list.js';
import { addPull } from './model-pull.js';
import { addRemove } from './model-remove.js';
import type { Terminal } from './terminal.js';

const help = `
A <model> is bundled:tiny, a directory in Hugging Face layout with onnx/*.onnx, or a model of a hub:
hf:<owner>/<repo>[@revision][:quantisation]; for pull and bench also auto, the largest that fits in memory.

Models of a hub are kept in GANGLION_CACHE (~/.cache/ganglion), for all miners of this machine. HF_TOKEN opens
gated ones; GANGLION_MODEL_MIRROR names another host than https://huggingface.co.`;

/** `ganglion model …`: the models of this machine. Needs no network of Ganglion's. */
export const addModel = (program: Command, terminal: Terminal): void => {
  const model = program
    .command('model')
    .description('the models of this machine: list, pull, inspect, bench, calibrate, rm')
    .addHelpText('after', help);
  addList(model, terminal);
  addPull(model, terminal);
  addInspect(model, terminal);
  addBench(model, terminal);
  addCalibrate(model, terminal);
  addRemove(model, terminal);
};
