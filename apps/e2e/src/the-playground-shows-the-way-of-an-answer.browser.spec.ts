import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledModel, Network, type TestMiner } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';
import { untilServing } from './nodes.fixture.js';

const JAPAN = 'What is the capital of Japan?';
/** So slow that an answer can be watched, and cut. */
const TOKEN_MS = 400;

describe('the playground', () => {
  let network: Network;
  let operator: Operator;
  beforeAll(async () => {
    network = Network.ofSetUp();
    operator = await Operator.open(network);
    await operator.signIn('/playground');
  });
  afterAll(() => operator[Symbol.asyncDispose]());

  const ask = async (question: string): Promise<void> => {
    await operator.page.getByLabel('Message').fill(question);
    await operator.page.getByRole('button', { name: 'Send' }).click();
  };
  const answer = () => operator.page.getByTestId('answer').last();
  const course = () => operator.page.getByTestId('course');

  it('shows the answer as it comes, its pace, and each step of its task', async () => {
    await ask(JAPAN);
    await operator.page.locator('[data-testid=answer][data-state=done]').waitFor();
    expect(await answer().textContent()).toContain('Tokyo');
    expect(await operator.page.getByTestId('pace').textContent()).toMatch(/first token .* tokens/);
    await operator.page.locator('[data-testid=course][data-state=FINALISED]').waitFor();
    const steps = (await course().textContent()) ?? '';
    expect(steps).toMatch(/Attempt 0|Attempt 1/);
    expect(steps).toMatch(/accepted/i);
    expect(operator.problems()).toEqual([]);
  });

  describe('of a miner that dies in mid-answer', () => {
    let folder: string;
    let miner: TestMiner;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ganglion-slow-'));
      const model = join(folder, 'slow');
      await cp(bundledModel, model, { recursive: true });
      const path = join(model, 'generation_config.json');
      const defaults = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...defaults, temperature: 0.5 }));
      const others = (await network.ask<{ items: unknown[] }>('/v1/nodes?limit=200')).items.length;
      miner = await network.addTestMiner({ model, tokenMs: TOKEN_MS });
      await untilServing(network, others + 1);
    });
    afterAll(() => rm(folder, { recursive: true }));

    it('says that the answer is not whole, and draws the lost attempt', async () => {
      await operator.go('/playground?model=slow');
      await ask(JAPAN);
      await operator.page
        .getByTestId('pace')
        .getByText(/tokens\/s/)
        .waitFor();
      expect(await answer().textContent()).not.toBe('');
      await miner.kill();
      await operator.page.locator('[data-testid=answer][data-state=failed]').waitFor();
      await operator.page.getByText('No whole answer').waitFor();
      await operator.page.locator('[data-testid=course][data-state=FAILED]').waitFor();
      expect(await course().textContent()).toMatch(/lost/i);
      await operator.page.getByRole('link', { name: 'Open the task' }).click();
      await operator.page.locator('[data-testid=lanes] [data-state=LOST]').first().waitFor();
      await operator.page.locator('[data-testid=lanes] [data-state=FAILED]').first().waitFor();
      expect(operator.problems()).toEqual([]);
    });
  });
});
