#!/usr/bin/env node
/**
 * How often do audits accuse the honest, and how often do they find the others? Answers of the bundled model are audited as
 * the network does it, with prompts and sampling of many kinds, honest and false in several ways.
 *
 *     npm run bench:audits -- [--honest 1000] [--false 50] [--from 0] [--perturb 0] [--no-models] [--json FILE]
 *
 * Two of the false kinds answer with another model: the bundled one with weights of 4 bits, and its first five layers of six. They
 * are made once, which needs Python; `--no-models` leaves them out.
 *
 * `--perturb 0.05` moves the logits of honest nodes by up to that, token by token and position by position in the evidence,
 * as another instruction set does, and judges as between determinism classes. The exit code is 1 when an honest answer is
 * accused.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Examiner } from '../../apps/cognitive/dist/examiner.fixture.js';
import { calibratedTolerances } from '../../libs/inference/dist/audit.js';
import { questionAt, samplingAt } from '../../libs/inference/dist/calibration/questions.js';
import { openEngine } from '../../libs/inference/dist/index.js';
import { makeOtherModels } from './other-models.mjs';

const MODEL = fileURLToPath(new URL('../../models/tiny', import.meta.url));
const AT_ONCE = 8;
const MOST_TOKENS = 64;
/** Of `logitBias`. */
const MOST_BIASED = 1_024;

const { values } = parseArgs({
  options: {
    honest: { type: 'string', default: '1000' },
    false: { type: 'string', default: '50' },
    from: { type: 'string', default: '0' },
    perturb: { type: 'string', default: '0' },
    'no-models': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const [honest, others, from, perturb] = ['honest', 'false', 'from', 'perturb'].map((name) =>
  Number(values[name]),
);

const [bundled] = Object.values(calibratedTolerances);
const across = perturb > 0 ? 2 : 1;
const tolerances = { evidence: bundled.evidence * across, gap: bundled.gap * across };
const engine = await openEngine({ model: MODEL, threads: 1, slots: AT_ONCE });
const { vocabSize, eosTokenIds } = engine.model;
const examiner = new Examiner(engine, tolerances);

/** Uniform in [0, 1), the same on every run: mulberry32. */
const randomFrom = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** Numbered, so that no two prompts are the same. */
const promptOf = (k) => {
  const { messages } = questionAt(k, true);
  return { messages: messages.map(({ role, content }) => ({ role, content: `${k}. ${content}` })) };
};

/** A node whose logits are off: those it chooses by, by a bias of its own; those of its evidence, each by itself. */
const disturbed = (k) => {
  if (perturb === 0) return {};
  const random = randomFrom(k);
  const off = () => (2 * random() - 1) * perturb;
  const start = Math.floor(random() * (vocabSize - MOST_BIASED));
  const logitBias = Array.from({ length: MOST_BIASED }, (_, at) => [start + at, off()]);
  return {
    computedWith: { logitBias },
    change: ({ evidence }) => {
      for (const [at, [id1, top1, id2, top2]] of evidence.entries()) {
        const [one, two] = [top1 + Math.round(off() * 256), top2 + Math.round(off() * 256)];
        const isFirst = one > two || (one === two && id1 < id2);
        evidence[at] = isFirst ? [id1, one, id2, two] : [id2, two, id1, one];
      }
    },
  };
};

const { int4, smaller } =
  others > 0 && !values['no-models'] ? await makeOtherModels() : { int4: null, smaller: null };
const openOther = (model) => openEngine({ model, threads: 1, slots: AT_ONCE });
const coarser = int4 && (await openOther(int4));
const fewerLayers = smaller && (await openOther(smaller));

const cheats = {
  ...(coarser ? { 'weights of 4 bits instead of 8': () => ({ computedBy: coarser }) } : {}),
  ...(fewerLayers ? { 'a smaller model': () => ({ computedBy: fewerLayers }) } : {}),
  'one token replaced at random': (k) => ({
    change: ({ tokens }) => {
      const random = randomFrom(k);
      const at = Math.floor(random() * tokens.length);
      tokens[at] = (tokens[at] + 1 + Math.floor(random() * (vocabSize - 1))) % vocabSize;
    },
  }),
  'one token replaced by the runner-up': (k) => ({
    change: ({ tokens, evidence }) => {
      const at = Math.floor(randomFrom(k)() * tokens.length);
      const [first, , second] = evidence[at];
      tokens[at] = tokens[at] === first ? second : first;
    },
  }),
  'another seed': (k) => ({ computedWith: { seed: k + 1_000_000 } }),
  'greedy instead of sampled': () => ({ computedWith: { temperature: 0 } }),
  'an answer to another prompt': (k) => ({ computedWith: { prompt: promptOf(k + 1) } }),
  'cut in the middle, as a stop': () => ({
    change: (answer) => {
      const length = Math.ceil(answer.tokens.length / 2);
      answer.tokens = answer.tokens.slice(0, length);
      answer.evidence = answer.evidence.slice(0, length);
      answer.finish = 'stop';
    },
  }),
  'cut in the middle, with an end of text': () => ({
    change: (answer) => {
      const length = Math.ceil(answer.tokens.length / 2);
      answer.tokens = [...answer.tokens.slice(0, length - 1), eosTokenIds[0]];
      answer.evidence = answer.evidence.slice(0, length);
      answer.finish = 'stop';
    },
  }),
  'cut in the middle, for want of room': () => ({
    change: (answer) => {
      const length = Math.ceil(answer.tokens.length / 2);
      answer.tokens = answer.tokens.slice(0, length);
      answer.evidence = answer.evidence.slice(0, length);
      answer.finish = 'length';
    },
  }),
  'logits a quarter off, as coarser weights': (k) => ({
    change: ({ evidence }) => {
      const random = randomFrom(k);
      for (const entry of evidence) {
        entry[1] += Math.round(128 * random());
        entry[3] -= Math.round(128 * random());
      }
    },
  }),
};

/** Audits answers `first` to `first + count`: how many were accused, and of what. */
const examine = async (count, first, exam) => {
  const accused = [];
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const k = next++;
      const reasons = await examiner.audit(samplingAt(k, MOST_TOKENS), { seed: k, ...exam(k) }, promptOf(k));
      if (reasons.length > 0) accused.push({ k, reasons });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return accused;
};

const accused = await examine(honest, from, disturbed);
process.stdout.write(
  `honest: ${accused.length} of ${honest} accused ${JSON.stringify(accused.slice(0, 5))}\n`,
);
const found = {};
for (const [name, exam] of Object.entries(cheats)) {
  if (others === 0) break;
  found[name] = (await examine(others, from, exam)).length;
  process.stdout.write(`${name}: ${found[name]} of ${others} found\n`);
}
for (const one of [engine, coarser, fewerLayers]) await one?.close();
const { determinismClass } = engine;
const report = { determinismClass, tolerances, perturb, from, honest, accused, others, found };
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
process.exitCode = accused.length === 0 ? 0 : 1;
