import type { GeneratedToken, GenerateRequest } from './engine.js';
import { makeChallenges } from './reference-answers.js';
import { ScriptedEngine } from './scripted-engine.fixture.js';

/** Answers each question by a function of it, cut at `maxTokens`. */
class Answering extends ScriptedEngine {
  constructor(private readonly answer: (question: string) => readonly { text: string; lead: number }[]) {
    super(() => []);
  }

  override async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    this.requests.push(request);
    const { prompt, sampling } = request;
    const question = 'messages' in prompt ? prompt.messages[0]!.content : prompt.text;
    const tokens = this.answer(question).slice(0, sampling.maxTokens);
    for (const [at, { text, lead }] of tokens.entries()) {
      if (signal.aborted) return;
      const evidence = { top1Id: at, top1: 1000, top2Id: at + 50, top2: 1000 - lead };
      yield { id: at, text, evidence, ...(at === tokens.length - 1 ? { finish: 'length' as const } : {}) };
    }
  }
}

const words = (question: string, leads: readonly number[]) =>
  leads.map((lead, at) => ({ text: `${at}:${question} `, lead }));

describe('the reference answers of a model', () => {
  it('end before the first token that was a near thing', async () => {
    const engine = new Answering((question) => words(question, [900, 900, 900, 900, 255, 900]));
    const challenges = await makeChallenges(engine);
    expect(challenges.length).toBeGreaterThanOrEqual(4);
    for (const { prompt, answer, maxTokens } of challenges) {
      expect(maxTokens).toBe(4);
      expect(answer).toBe(`0:${prompt} 1:${prompt} 2:${prompt} 3:${prompt} `);
    }
  });

  it('are whole where every token is sure', async () => {
    const challenges = await makeChallenges(new Answering((question) => words(question, [256, 300])));
    expect(challenges.map(({ maxTokens }) => maxTokens)).toEqual(Array<number>(16).fill(2));
  });

  it('leave out questions whose answer is in doubt too early, while others are sure', async () => {
    const isSure = (question: string): boolean =>
      question.startsWith('Spell') || question.startsWith('Count');
    const engine = new Answering((question) =>
      words(question, isSure(question) ? [900, 900, 900] : [900, 20]),
    );
    const challenges = await makeChallenges(engine);
    expect(challenges).not.toHaveLength(0);
    expect(challenges.every(({ prompt }) => isSure(prompt))).toBe(true);
  });

  it('are less sure ones when there are no others', async () => {
    const challenges = await makeChallenges(new Answering((question) => words(question, [3, 2, 1, 0])));
    expect(challenges).toHaveLength(16);
  });

  it('are never the same for two questions, nor empty', async () => {
    const same = new Answering(() => [{ text: 'Yes.', lead: 900 }]);
    expect(await makeChallenges(same)).toHaveLength(1);
    expect(await makeChallenges(new Answering(() => [{ text: ' ', lead: 900 }]))).toEqual([]);
  });

  it('are asked for greedily, as tests ask', async () => {
    const engine = new Answering((question) => words(question, [900, 900, 900]));
    await makeChallenges(engine);
    for (const { sampling } of engine.requests) expect(sampling).toMatchObject({ temperature: 0, seed: 0 });
  });

  it('are to other questions every time', async () => {
    const ask = async (): Promise<string[]> =>
      (await makeChallenges(new Answering((question) => words(question, [900])))).map(({ prompt }) => prompt);
    expect(await ask()).not.toEqual(await ask());
  });

  it('end with the reason of an abort', async () => {
    const engine = new Answering((question) => words(question, [900]));
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(makeChallenges(engine, { signal })).rejects.toThrow('stopped');
  });
});
