import type { GeneratedToken, GenerateRequest } from '@ganglion/node';
import { FleetEngine } from './fleet-engine.js';
import { fleetModel, rightAnswer } from './fleet-model.js';
import type { NodePlan } from './fleet-plan.js';

const plan = (more: Partial<NodePlan> = {}): NodePlan => ({
  name: 'a node',
  kind: 'honest',
  seed: 4,
  tokenMs: 1,
  lieRate: 0,
  ...more,
});

const sampling = {
  ...{ temperature: 0, topP: 1, topK: 0, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
  ...{ repetitionPenalty: 1, seed: 0, stop: [], maxTokens: 12 },
};
const ask = (content: string): GenerateRequest => ({
  prompt: { messages: [{ role: 'user', content }] },
  sampling,
  choice: 0,
});

const answerOf = async (
  engine: FleetEngine,
  request: GenerateRequest,
  signal = new AbortController().signal,
): Promise<GeneratedToken[]> => {
  const tokens: GeneratedToken[] = [];
  for await (const token of engine.generate(request, signal)) tokens.push(token);
  return tokens;
};
const textOf = (tokens: readonly GeneratedToken[]): string => tokens.map(({ text }) => text).join('');

describe('the engine of a fleet', () => {
  it('gives each of its tests the answer that it declares', async () => {
    const engine = new FleetEngine(plan());
    for (const { prompt, answer, maxTokens } of fleetModel.challenges) {
      const request = { ...ask(prompt), sampling: { ...sampling, maxTokens } };
      expect(textOf(await answerOf(engine, request))).toBe(answer);
    }
  });

  it('goes on after accepted tokens as if it had made them, and ends with the last one', async () => {
    const engine = new FleetEngine(plan());
    const whole = await answerOf(engine, ask('one question'));
    expect(whole.map(({ finish }) => finish)).toEqual([...Array<undefined>(11).fill(undefined), 'length']);
    const resumeFrom = whole.slice(0, 5).map(({ id, text }) => ({ id, text }));
    expect(await answerOf(engine, { ...ask('one question'), resumeFrom })).toEqual(whole.slice(5));
  });

  it('lies in its share of answers, by one token, and every judge of scores sees it', async () => {
    const liar = new FleetEngine(plan({ lieRate: 0.3 }));
    let lies = 0;
    for (let n = 0; n < 200; n++) {
      const request = ask(`question ${n}`);
      const tokens = await answerOf(liar, request);
      const claimed = tokens.map(({ id }) => id);
      const { gaps } = await new FleetEngine(plan()).score({ ...request, claimed, slack: 0.3 });
      const wrong = Array.from(gaps).filter((gap) => gap > 1).length;
      expect(wrong).toBe(textOf(tokens) === rightAnswer(`question ${n}`, 12) ? 0 : 1);
      lies += wrong;
    }
    expect(lies).toBeGreaterThan(30);
    expect(lies).toBeLessThan(90);
  });

  it('keeps to its pace in all its slots together', async () => {
    const engine = new FleetEngine(plan({ tokenMs: 10 }));
    const begun = performance.now();
    await Promise.all([answerOf(engine, ask('a')), answerOf(engine, ask('b'))]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2 * 12 * 10 - 10);
  });

  it('throws, or is silent until it is stopped, when it is broken', async () => {
    await expect(answerOf(new FleetEngine(plan({ breaks: 'throws' })), ask('a'))).rejects.toThrow('broken');
    const stop = new AbortController();
    const silent = answerOf(new FleetEngine(plan({ breaks: 'silent' })), ask('a'), stop.signal);
    stop.abort();
    expect(await silent).toEqual([]);
  });
});
