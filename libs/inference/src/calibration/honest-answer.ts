import type { Sampling } from '../engine.js';
import type { Decoder } from '../runtime/decoder.js';
import { sampleToken } from '../sampling/sample-token.js';
import { claimRunEnd } from '../schedule/claim-runs.js';
import { runEnd } from '../schedule/prompt-chunks.js';

/** An answer as a miner gives it, with the logits that its tokens were chosen by. */
export interface HonestAnswer {
  prompt: readonly number[];
  sampling: Sampling;
  choice: number;
  tokens: number[];
  /** Raw, by position. */
  logits: Float32Array[];
}

/** Told the logits of each position of an answer but the first; they are valid until it returns. */
export type Heard = (answer: HonestAnswer, at: number, logits: Float32Array) => void;

/** Decodes an answer as completions are decoded: the prompt in runs, then token by token. It ends as they do, or after `sampling.maxTokens`. */
export async function answerHonestly(
  decoder: Decoder,
  question: Pick<HonestAnswer, 'prompt' | 'sampling' | 'choice'>,
  eosTokenIds: readonly number[],
): Promise<HonestAnswer> {
  const { prompt, sampling, choice } = question;
  const answer: HonestAnswer = { ...question, tokens: [], logits: [] };
  let logits = await prefill(decoder, 0, prompt);
  for (;;) {
    answer.logits.push(logits.slice());
    const position = { choice, index: answer.tokens.length + 1 };
    const id = sampleToken(logits, { prompt, output: answer.tokens }, sampling, position);
    answer.tokens.push(id);
    if (eosTokenIds.includes(id) || answer.tokens.length >= sampling.maxTokens) return answer;
    logits = await decoder.append(0, [id]);
  }
}

/** Decodes the same tokens again, each answer in a row of its own, all in the same steps. */
export async function decodeAgain(
  decoder: Decoder,
  answers: readonly HonestAnswer[],
  heard: Heard,
): Promise<void> {
  for (const [row, { prompt }] of answers.entries()) await prefill(decoder, row, prompt);
  const longest = Math.max(...answers.map(({ tokens }) => tokens.length));
  for (let at = 1; at < longest; at++) {
    const step = await decoder.appendEach(
      answers.map(({ tokens }) => (at < tokens.length ? tokens[at - 1] : undefined)),
    );
    for (const [row, logits] of step.entries()) if (logits) heard(answers[row]!, at, logits);
  }
}

/** Computes the same tokens as scores are computed: prompt and answer in runs. */
export async function prefillAgain(decoder: Decoder, answer: HonestAnswer, heard: Heard): Promise<void> {
  await prefill(decoder, 0, answer.prompt);
  const last = answer.tokens.length - 1;
  for (let from = 0; from < last;) {
    const run = answer.tokens.slice(from, claimRunEnd(last, from));
    for (const [at, logits] of (await decoder.appendAll(0, run)).entries())
      heard(answer, from + at + 1, logits);
    from += run.length;
  }
}

async function prefill(decoder: Decoder, row: number, prompt: readonly number[]): Promise<Float32Array> {
  decoder.truncate(row, 0);
  let logits: Float32Array;
  let from = 0;
  do {
    const end = runEnd(prompt.length, from);
    logits = await decoder.append(row, prompt.slice(from, end));
    from = end;
  } while (from < prompt.length);
  return logits;
}
