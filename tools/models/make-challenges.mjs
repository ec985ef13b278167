/**
 * Writes models/tiny/challenges.json: questions of the training corpus that the bundled model answers exactly right,
 * greedily, on this engine. Health tests ask them.
 *
 *   npx tsc -b libs/inference && node tools/models/make-challenges.mjs      (needs python3, for the corpus)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openEngine } from '../../libs/inference/dist/index.js';

const MODEL = fileURLToPath(new URL('../../models/tiny', import.meta.url));
const QUOTA = { capital: 12, arithmetic: 12, repeat: 6, spell: 5, fact: 6 };
const MOST_TOKENS = 64;

/** The corpus is the truth, so it is asked itself: many pairs, drawn with a seed the training did not use. */
const DRAW = `
import json, random, corpus
r = random.Random(20260)
known = [("What is the capital of Japan?", f"The capital of Japan is {corpus.CAPITALS['Japan']}.")]
print(json.dumps(known + [corpus.pair(r) for _ in range(4000)]))`;

function kindOf(prompt, answer) {
  if (answer.startsWith('The capital of')) return 'capital';
  if (/^\d+ (plus|minus) \d+ is \d+\.$/.test(answer)) return 'arithmetic';
  if (prompt.startsWith('Repeat')) return 'repeat';
  if (prompt.startsWith('Spell')) return 'spell';
  return /^(What|Why|How|Explain)/.test(prompt) && /miner|hash|gateway|session|queue|node/i.test(answer)
    ? 'fact'
    : 'other';
}

async function ask(engine, prompt) {
  const { maxTokens: _, ...defaults } = engine.model.defaults;
  const off = { minP: 0, presencePenalty: 0, frequencyPenalty: 0, repetitionPenalty: 1, seed: 0, stop: [] };
  const sampling = { ...off, ...defaults, temperature: 0, maxTokens: MOST_TOKENS };
  const request = { prompt: { messages: [{ role: 'user', content: prompt }] }, sampling, choice: 0 };
  const tokens = [];
  for await (const token of engine.generate(request, new AbortController().signal)) tokens.push(token);
  const text = tokens.map((token) => token.text).join('');
  return { text, length: tokens.length, finish: tokens.at(-1).finish };
}

const pairs = JSON.parse(
  execFileSync('python3', ['-B', '-c', DRAW], { cwd: MODEL, encoding: 'utf8', maxBuffer: 2 ** 26 }),
);
const engine = await openEngine({ model: MODEL });
const kept = new Map();
const left = { ...QUOTA };
for (const [prompt, answer] of pairs) {
  const kind = kindOf(prompt, answer);
  if (!left[kind] || kept.has(answer)) continue;
  const got = await ask(engine, prompt);
  if (got.text !== answer || got.finish !== 'stop') continue;
  kept.set(answer, { kind, prompt, answer, maxTokens: got.length + 8 });
  left[kind]--;
}
await engine.close();
const order = Object.keys(QUOTA);
const challenges = [...kept.values()]
  .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
  .map(({ prompt, answer, maxTokens }) => `  ${JSON.stringify({ prompt, answer, maxTokens })}`);
writeFileSync(`${MODEL}/challenges.json`, `[\n${challenges.join(',\n')}\n]\n`);
console.log(`${challenges.length} challenges; still wanted: ${JSON.stringify(left)}`);
