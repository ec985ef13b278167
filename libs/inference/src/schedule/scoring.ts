import type { Score, ScoreRequest } from '../engine.js';
import type { FormatGuide } from '../grammar/format-guide.js';
import { InferenceError } from '../inference-error.js';
import { checkSampling } from '../sampling/check-sampling.js';
import { evidenceOf } from '../sampling/evidence.js';
import { checkLogitBias } from '../sampling/logit-bias.js';
import { scoreToken } from '../sampling/score-token.js';
import { claimRunEnd } from './claim-runs.js';
import { type CompletionContext, tooLong } from './completion.js';

/** One claim that is scored: the tokens that go into the model, and what its logits say of each claimed one. */
export class Scoring {
  readonly prompt: readonly number[];
  /** Tokens that its attention state will hold at most. */
  readonly longest: number;
  readonly #request: ScoreRequest;
  readonly #claimed: readonly number[];
  readonly #ends: readonly number[];
  readonly #guide: FormatGuide | undefined;
  /** The claim left its format: no later token has a chance. */
  #hasStrayed = false;
  readonly #score: Score;
  /** Raw, of the positions that follow those judged. */
  #logits: readonly Float32Array[] = [];
  #judged = 0;

  /** @throws InferenceError PROMPT_INVALID, PROMPT_TOO_LONG */
  constructor({ info, encoder, formats }: CompletionContext, request: ScoreRequest) {
    const { sampling, claimed, prompt, slack } = request;
    checkSampling(sampling);
    if (slack !== undefined && !(slack >= 0 && slack < Infinity))
      throw new InferenceError('PROMPT_INVALID', 'slack must be a number from 0', 'slack');
    checkLogitBias(sampling.logitBias, info.vocabSize);
    this.#request = request;
    this.prompt = encoder.encode(prompt);
    const room = info.contextLength - this.prompt.length;
    if (room < 1) throw tooLong(this.prompt.length, info.contextLength);
    checkClaim(claimed, room, info.vocabSize);
    this.#claimed = claimed;
    this.#ends = info.eosTokenIds;
    this.#guide = sampling.format && formats.guide(sampling.format);
    this.longest = this.prompt.length + claimed.length;
    const { length } = claimed;
    this.#score = {
      gaps: new Float64Array(length),
      chosen: new Uint32Array(length),
      evidence: new Int32Array(4 * length),
    };
  }

  /** The score, once every position is judged. */
  get result(): Score | undefined {
    return this.#judged === this.#claimed.length ? this.#score : undefined;
  }

  /** Whether there are logits that were not looked at; until then no others may come. */
  get isJudging(): boolean {
    return this.#logits.length > 0;
  }

  /**
   * The claimed tokens to be run next.
   * @param length tokens of prompt and claim that were run so far
   */
  runAt(length: number): readonly number[] {
    const from = length - this.prompt.length;
    return this.#claimed.slice(from, claimRunEnd(this.#claimed.length - 1, from));
  }

  /** @param logits raw, of the positions that follow: after the prompt, or after each token of a run */
  hear(logits: readonly Float32Array[]): void {
    this.#logits = logits;
  }

  /**
   * Judges the next position: a millisecond or more for a large vocabulary.
   * @throws InferenceError ENGINE_FAILED when the logits are not numbers
   */
  judge(): void {
    const [logits, ...others] = this.#logits;
    const at = this.#judged;
    const { sampling, choice, slack } = this.#request;
    const claimed = this.#claimed[at]!;
    const { chosen, gap } = scoreToken(this.#guide?.restrict(logits!) ?? logits!, claimed, {
      history: { prompt: this.prompt, output: this.#claimed.slice(0, at) },
      sampling,
      position: { choice, index: at + 1 },
      slack,
    });
    // It would pass every comparison with a tolerance.
    if (Number.isNaN(gap))
      throw new InferenceError('ENGINE_FAILED', 'the model gives logits that are no numbers');
    const { top1Id, top1, top2Id, top2 } = evidenceOf(logits!);
    if (!this.#ends.includes(claimed) && this.#guide?.take(claimed) === false) this.#hasStrayed = true;
    this.#score.gaps[at] = this.#hasStrayed ? Infinity : gap;
    this.#score.chosen[at] = chosen;
    this.#score.evidence.set([top1Id, top1, top2Id, top2], 4 * at);
    this.#judged = at + 1;
    this.#logits = others;
  }
}

function checkClaim(claimed: readonly number[], room: number, vocabSize: number): void {
  if (!Array.isArray(claimed) || claimed.length === 0) {
    throw invalidClaim('claimed', 'must have at least one token');
  }
  if (claimed.length > room) {
    throw invalidClaim('claimed', `has ${claimed.length} tokens, and the context leaves ${room} for them`);
  }
  const unknown = claimed.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (unknown < 0) return;
  throw invalidClaim(`claimed[${unknown}]`, `must be a token of this model, from 0 to ${vocabSize - 1}`);
}

function invalidClaim(field: string, problem: string): InferenceError {
  return new InferenceError('PROMPT_INVALID', `${field} ${problem}`, field);
}
