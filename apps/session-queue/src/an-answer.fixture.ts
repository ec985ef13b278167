import {
  Chain,
  digestJson,
  logprobsDigest,
  precommitDigest,
  signCommit,
  signFrame,
} from '@ganglion/commitment';
import type {
  CommitData,
  Frame,
  FrozenRequest,
  Logprob,
  PositionLogprobs,
  TaskSubmitted,
  Token,
} from '@ganglion/contracts';
import { createUser } from '@nats-io/nkeys';
import { v7 } from 'uuid';

export const hash = (digit: string): string => digit.repeat(64);

export const request = (over: Partial<FrozenRequest> = {}): FrozenRequest => ({
  model: 'tiny',
  modelDigest: hash('a'),
  prompt: { messages: [{ role: 'user', content: 'What is the capital of Japan?' }] },
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
  salt: hash('b'),
  ...over,
});

export const submitted = (over: Partial<TaskSubmitted> = {}): TaskSubmitted => ({
  taskId: v7(),
  sessionId: v7(),
  owner: 'key-1',
  nodeId: null,
  holdReveal: false,
  redundancy: 1,
  verify: 'after',
  request: request(),
  submittedAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  ...over,
});

/** As a model says them that finds the token all but certain. */
const logprobOf = ([id, text]: Token, at: number): PositionLogprobs => {
  const own: Logprob = [id, -100 - at, text === '' ? { special: '</s>' } : text];
  return [own, own];
};

/** An honest miner's answer to a task (with one likeliest token where log-probabilities are asked for): its frames, its precommit and its data. */
export const answer = (
  task: TaskSubmitted,
  attempt: number,
  tokens: Token[] = [
    [11, 'To'],
    [12, 'kyo'],
    [2, ''],
  ],
) => {
  const key = createUser();
  const sign = (message: Uint8Array): Uint8Array => key.sign(message);
  const nodeId = key.getPublicKey();
  const requestDigest = digestJson(task.request);
  const { modelDigest } = task.request;
  const isLogged = task.request.logprobs !== undefined;
  const chain = new Chain({ taskId: task.taskId, attempt, choice: 0, nodeId, modelDigest, requestDigest });
  const frames: Frame[] = tokens.map((token, index) => {
    const link = chain.append(...token);
    const isLast = index === tokens.length - 1;
    const end = isLast ? { finish: 'stop' as const, signature: signFrame(sign, link, 0) } : {};
    const logprobs = isLogged ? { logprobs: [logprobOf(token, index)] } : {};
    return { attempt, choice: 0, from: index + 1, tokens: [token], ...logprobs, link, ...end };
  });
  const data: CommitData = {
    promptTokens: 9,
    salt: hash('c'),
    choices: [
      {
        choice: 0,
        head: chain.head,
        count: tokens.length,
        finish: 'stop',
        tokens,
        evidence: tokens.map(([id], index) => [id, 1_000 + index, 5, 900]),
        ...(isLogged ? { logprobs: tokens.map(logprobOf) } : {}),
      },
    ],
  };
  const precommit = precommitDigest(
    data.choices.map(({ head, count }) => ({ head, count, finish: 0 })),
    data.choices.flatMap(({ evidence }) =>
      evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 })),
    ),
    data.salt,
    logprobsDigest(data.choices),
  );
  return { nodeId, requestDigest, frames, data, precommit, signature: signCommit(sign, precommit) };
};
