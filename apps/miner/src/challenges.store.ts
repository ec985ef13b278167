import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Challenge, challenge } from '@ganglion/contracts';
import { z } from 'zod';

const kept = z.array(challenge).min(1);

/**
 * The known questions of a model, made once and kept by its digest. A file that cannot be read is made anew.
 * @throws Error naming the remedy, when there are none to be made
 */
export const keepChallenges = async (
  folder: string,
  model: { id: string; digest: string },
  make: () => Promise<Challenge[]>,
): Promise<Challenge[]> => {
  const file = join(folder, 'challenges', `${model.digest}.json`);
  const known = read(file);
  if (known) return known;
  const made = await make();
  if (made.length === 0)
    throw new Error(
      `${model.id} said nothing to any test question, so that it cannot be tested: put a challenges.json beside its config.json, a list of {prompt, answer, maxTokens}`,
    );
  mkdirSync(join(folder, 'challenges'), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify(made, undefined, 1)}\n`);
  renameSync(part, file);
  return made;
};

const read = (file: string): Challenge[] | undefined => {
  try {
    return kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
};
