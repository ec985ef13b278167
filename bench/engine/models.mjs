/** The benchmarks' models: made once by the makers in tools/models, kept inside the clone. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { preparePython, runPython } from '../../tools/models/python.mjs';
import { root, SetupError } from '../../tools/setup/run.mjs';

/**
 * The folder of the models, made when the makers or the options are new.
 * @param {import('../../tools/setup/narrator.mjs').Narrator} narrator
 * @param {string} shape `smollm2-135m` or `two-layers`
 * @param {string} block weights that share a scale: '32' or '64'
 */
export const makeModels = async (narrator, shape, block) => {
  const makers = join(root, 'tools', 'models', 'makers');
  const hash = createHash('sha256');
  for (const name of readdirSync(makers).sort())
    if (/(?<!_test)\.py$/.test(name)) hash.update(readFileSync(join(makers, name)));
  const made = `${shape}-${block}-${hash.digest('hex').slice(0, 12)}`;
  const folder = join(root, '.ganglion', 'bench', made);
  // Written last: models of an interrupted run are made again.
  if (existsSync(join(folder, 'models.json'))) return folder;
  const python = await preparePython(narrator);
  rmSync(folder, { recursive: true, force: true });
  const args = ['-m', 'makers', 'bench', '--shape', shape, '--block', block, '--out', folder];
  const code = await runPython(python, args);
  if (code !== 0) throw new SetupError('the models could not be made: see above.');
  return folder;
};
