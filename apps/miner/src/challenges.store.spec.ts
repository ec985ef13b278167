import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepChallenges } from './challenges.store.js';

describe('the known questions of a model', () => {
  const model = { id: 'some/model', digest: 'ab'.repeat(32) };
  const questions = [{ prompt: 'Who?', answer: 'Me.', maxTokens: 3 }];
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'challenges-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are made once, and others for another model', async () => {
    let made = 0;
    const make = async () => (made++, questions);
    expect(await keepChallenges(folder, model, make)).toEqual(questions);
    expect(await keepChallenges(folder, model, make)).toEqual(questions);
    expect(made).toBe(1);
    await keepChallenges(folder, { ...model, digest: 'cd'.repeat(32) }, make);
    expect(made).toBe(2);
    expect(readdirSync(join(folder, 'challenges'))).toHaveLength(2);
  });

  it('are made anew when their file is damaged', async () => {
    await keepChallenges(folder, model, async () => questions);
    const file = join(folder, 'challenges', `${model.digest}.json`);
    for (const damaged of ['', '[]', '[{"prompt":"Who?"}]', questions[0]!.prompt]) {
      writeFileSync(file, damaged);
      expect(await keepChallenges(folder, model, async () => questions)).toEqual(questions);
    }
  });

  it('are refused with the remedy when there are none', async () => {
    await expect(keepChallenges(folder, model, async () => [])).rejects.toThrow(
      /some\/model said nothing .* put a challenges\.json beside/,
    );
  });
});
