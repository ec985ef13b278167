import type { FrozenRequest, InferJob } from '@ganglion/contracts';
import { type Attempt, makeAttempt } from './attempt.js';
import { modelDigestOf } from './declaration.js';
import type { GeneratedToken, GenerateRequest, NodeEngine, NodeScore, ScoreRequest } from './engine.js';
import { createSeed, readIdentity } from './identity.js';

/** An engine that says what it is told to say. */
export class ScriptedEngine implements NodeEngine {
  readonly determinismClass = 'scripted';
  readonly model = {
    id: 'scripted',
    contextLength: 64,
    vocabSize: 100,
    eosTokenIds: [0],
    defaults: { temperature: 0, topP: 1, topK: 0, maxTokens: 16 },
    files: [{ path: 'config.json', bytes: 2, sha256: 'ab'.repeat(32) }],
    quantisation: 'none',
    challenges: [],
  };
  readonly requests: GenerateRequest[] = [];
  /** Awaited before each token, with how many came before it. */
  before: (made: number, signal: AbortSignal) => Promise<void> | void = () => {};
  promptTokens: () => Promise<number> = () => Promise.resolve(5);

  /** Answers scores: every claim is what it would have said, unless told otherwise. */
  scoring: (request: ScoreRequest, signal: AbortSignal) => Promise<NodeScore> | NodeScore = ({
    claimed,
  }) => ({
    gaps: claimed.map(() => 0),
    evidence: claimed.flatMap((id) => [id, 900, 99, 0]),
  });

  constructor(private readonly script: (choice: number) => readonly GeneratedToken[]) {}

  countPromptTokens(): Promise<number> {
    return this.promptTokens();
  }

  async score(request: ScoreRequest, signal: AbortSignal): Promise<NodeScore> {
    return this.scoring(request, signal);
  }

  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    this.requests.push(request);
    for (const [made, token] of this.script(request.choice).entries()) {
      if (made < (request.resumeFrom?.length ?? 0)) continue;
      await this.before(made, signal);
      if (signal.aborted) return;
      yield token;
    }
  }
}

/** Tokens for the given texts, numbered from 1; the last one finishes. */
export const tokensOf = (...texts: string[]): GeneratedToken[] =>
  texts.map((text, index) => ({
    id: index + 1,
    text,
    evidence: { top1Id: index + 1, top1: 900 - index, top2Id: 99, top2: index },
    ...(index === texts.length - 1 ? { finish: 'stop' as const } : {}),
  }));

/** A frozen request that fits the engine. */
export const requestFor = (engine: NodeEngine, changes: Partial<FrozenRequest> = {}): FrozenRequest => ({
  model: engine.model.id,
  modelDigest: modelDigestOf(engine),
  prompt: { text: 'Say something.' },
  choices: 1,
  sampling: {
    temperature: 0,
    topP: 1,
    topK: 0,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
    seed: 7,
    maxTokens: 16,
    stop: [],
  },
  salt: '5a'.repeat(32),
  ...changes,
});

/** A new node's attempt at such a request. */
export const attemptFor = (engine: NodeEngine, changes: Partial<InferJob> = {}): Attempt => {
  const job: InferJob = {
    taskId: '0198f2a0-0000-7000-8000-000000000001',
    attempt: 1,
    silent: false,
    redundancy: 1,
    verify: 'after',
    submittedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:10:00.000Z',
    request: requestFor(engine),
    ...changes,
  };
  return makeAttempt(job, readIdentity(createSeed()));
};
