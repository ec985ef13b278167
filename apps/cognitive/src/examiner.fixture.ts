import type { FinishReason, Sampling, Scores } from '@ganglion/contracts';
import type { Engine, GenerateRequest } from '@ganglion/inference';
import type { Tolerances } from '@ganglion/inference/audit';
import { findScoreFault, judgeScores } from './score-judgement.js';

/** An answer as its node commits it. */
interface Answer {
  tokens: number[];
  evidence: [number, number, number, number][];
  finish: FinishReason;
}

export interface Exam {
  seed: number;
  /** The node computes something else than it was asked. */
  computedWith?: Partial<Sampling> & { prompt?: GenerateRequest['prompt'] };
  /** The node has another engine than the verifier. */
  computedBy?: Engine;
  /** What the node says of the length of the prompt; the truth unless given. */
  promptTokens?: number;
  /** The node changes what it has computed. */
  change?: (answer: Answer) => void;
}

const never = new AbortController().signal;
const STORY: GenerateRequest['prompt'] = {
  messages: [{ role: 'user', content: 'Tell me a story about a fox.' }],
};

/** Has an engine answer and score its own answers, as nodes do, and judges them. */
export class Examiner {
  constructor(
    private readonly engine: Engine,
    private readonly tolerances: Tolerances,
  ) {}

  /** The codes of what speaks against the answer. */
  async audit(over: Partial<Sampling>, exam: Exam, prompt = STORY): Promise<string[]> {
    const sampling = samplingOf(over, exam.seed);
    const { computedWith: { prompt: other = prompt, ...used } = {}, change } = exam;
    const asked = { prompt: other, sampling: { ...sampling, ...used }, choice: 0 };
    const answer = await answerOf(exam.computedBy ?? this.engine, asked);
    change?.(answer);
    const scores = await this.score({ prompt, sampling, choice: 0 }, answer.tokens);
    const claims = [{ choice: 0, skip: 0, ...answer }];
    if (findScoreFault(claims, scores)) throw new Error('the scores do not fit');
    return judgeScores({
      claims,
      promptTokens: exam.promptTokens ?? scores.promptTokens,
      sampling,
      scores,
      tolerances: this.tolerances,
      contextLength: this.engine.model.contextLength,
    }).map(({ code }) => code);
  }

  private async score(request: GenerateRequest & { sampling: Sampling }, claimed: number[]): Promise<Scores> {
    const slack = this.tolerances.gap;
    const { gaps, evidence } = await this.engine.score({ ...request, claimed, slack }, never);
    return {
      claims: [
        {
          gaps: [...gaps.entries()]
            .filter(([, gap]) => gap > 0)
            .map(([at, gap]) => [at, gap === Infinity ? null : gap]),
          evidence: claimed.map(
            (_, at) => [...evidence.subarray(4 * at, 4 * at + 4)] as Answer['evidence'][number],
          ),
        },
      ],
      promptTokens: await this.engine.countPromptTokens(request.prompt),
      eosTokenIds: [...this.engine.model.eosTokenIds],
    };
  }
}

const answerOf = async (engine: Engine, request: GenerateRequest): Promise<Answer> => {
  const answer: Answer = { tokens: [], evidence: [], finish: 'cancelled' };
  for await (const { id, evidence, finish } of engine.generate(request, never)) {
    answer.tokens.push(id);
    answer.evidence.push([evidence.top1Id, evidence.top1, evidence.top2Id, evidence.top2]);
    if (finish) answer.finish = finish;
  }
  return answer;
};

const samplingOf = (over: Partial<Sampling>, seed: number): Sampling => ({
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  seed,
  maxTokens: 60,
  stop: [],
  ...over,
});
