import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, GeneratedToken, GenerateRequest } from './engine.js';
import { collect, FIXTURES, openBuilt, request, textOf } from './testing/tiny-engine.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'model-'));
  mkdirSync(join(directory, 'onnx'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** One request answered by one graph of the same two-layer model. */
function run(graph: string, what: GenerateRequest): Promise<GeneratedToken[]> {
  return withEngine(graph, (engine) => collect(engine, what));
}

async function withEngine<T>(graph: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(FIXTURES, name), join(directory, name));
  }
  cpSync(join(FIXTURES, graph), join(directory, 'onnx/model.onnx'));
  const engine = await openBuilt({ model: directory });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

const what = request({ text: 'Ganglion – 日本' }, { temperature: 2, seed: 17, maxTokens: 60 });
const ids = (tokens: GeneratedToken[]): number[] => tokens.map((token) => token.id);

describe('an ONNX export', () => {
  it('gives the same tokens as GroupQueryAttention and as plain operators with position_ids', async () => {
    const fused = await run('gqa.onnx', what);
    const plain = await run('plain.onnx', what);
    expect(ids(plain)).toEqual(ids(fused));
    expect(textOf(plain)).toBe(textOf(fused));
    for (const [at, { evidence }] of plain.entries()) {
      expect(Math.abs(evidence.top1 - fused[at]!.evidence.top1)).toBeLessThanOrEqual(1);
    }
  });

  it('runs with a half-precision cache and logits', async () => {
    const half = await run('half.onnx', {
      ...what,
      sampling: { ...what.sampling, temperature: 0, maxTokens: 20 },
    });
    const whole = await run('plain.onnx', {
      ...what,
      sampling: { ...what.sampling, temperature: 0, maxTokens: 20 },
    });
    expect(ids(half)).toEqual(ids(whole));
  });

  it.each(['gqa.onnx', 'plain.onnx', 'half.onnx'])('scores its own answer: %s', async (graph) => {
    const [tokens, { gaps, evidence }] = await withEngine(graph, async (engine) => {
      const answer = await collect(engine, what);
      const claim = { ...what, claimed: ids(answer) };
      return [answer, await engine.score(claim, new AbortController().signal)];
    });
    expect(gaps).toHaveLength(tokens.length);
    expect(gaps.every((gap) => gap < 0.01)).toBe(true);
    expect(gaps.filter((gap) => gap === 0).length).toBeGreaterThanOrEqual(tokens.length - 1);
    for (const [at, token] of tokens.entries()) {
      expect(Math.abs(token.evidence.top1 - evidence[4 * at + 1]!)).toBeLessThanOrEqual(2);
    }
  });

  it('ends at the end of its context', async () => {
    const tokens = await run('gqa.onnx', {
      ...what,
      sampling: { ...what.sampling, temperature: 0, maxTokens: 500 },
    });
    expect(tokens.at(-1)!.finish).toBe('length');
    expect(tokens).toHaveLength(96 - new TextEncoder().encode('Ganglion – 日本').length);
  });

  it('releases whole characters only, though every token is one byte', async () => {
    const tokens = await run('gqa.onnx', what);
    const bytes = ids(tokens).map((id) => id - 3);
    expect(tokens.some((token) => token.text === '')).toBe(true);
    expect(textOf(tokens)).not.toMatch(/\p{Surrogate}/u);
    expect(textOf(tokens).length).toBeLessThanOrEqual(bytes.length);
  });
});
