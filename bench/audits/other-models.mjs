/** What a cheat may answer with instead of the bundled model. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { preparePython, runPython } from '../../tools/models/python.mjs';
import { Narrator } from '../../tools/setup/narrator.mjs';
import { root, SetupError } from '../../tools/setup/run.mjs';

const KINDS = {
  int4: ['--quant', 'int4'],
  smaller: ['--quant', 'int8', '--layers', '5'],
};

/** The folder of each, made unless it is there. */
export const makeOtherModels = async () => {
  const narrator = new Narrator(process.stderr);
  const folders = {};
  for (const [name, options] of Object.entries(KINDS)) {
    const folder = join(root, '.ganglion', 'bench', `audits-${name}`);
    folders[name] = folder;
    if (existsSync(folder)) continue;
    const python = await preparePython(narrator);
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    const source = ['--checkpoint', join(root, 'models', 'tiny')];
    const code = await runPython(python, ['-m', 'makers', 'onnx', ...source, ...options, '--out', part]);
    if (code !== 0) throw new SetupError(`the model ${name} could not be made: see above.`);
    renameSync(part, folder);
  }
  return folders;
};
