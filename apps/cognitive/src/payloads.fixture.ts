import {
  type FrozenRequest,
  type InferJob,
  inferJob,
  taskSubmitted,
  type TaskShape,
  type TaskSubmitted,
} from '@ganglion/contracts';
import { everydayText, roundRequest } from '@ganglion/node/rounds';
import { v7 } from 'uuid';
import { taskOf } from './request.js';
import { drawKind } from './kinds.js';
import { drawShape } from './shape-draw.js';
import { drawTaskId } from './task-id.js';

const model = { model: 'tiny', modelDigest: 'd'.repeat(64) };
const START = Date.parse('2030-01-01T00:00:00.000Z');
const hex = (random: () => number): string =>
  Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');

/** The payload of `job.<node>.infer`, as the queue makes it of a submitted task. */
export const jobOf = (task: TaskSubmitted): InferJob => {
  const { sessionId: _s, owner: _o, nodeId: _n, holdReveal: _h, ...seen } = taskSubmitted.parse(task);
  return inferJob.parse({ ...seen, attempt: 1, silent: false });
};

/** Who asks: each has settings and habits of its own. */
interface User {
  system: number | null;
  turns: number;
  typical: number;
  sampling: Partial<FrozenRequest['sampling']>;
  choices: number;
  logprobs?: number;
}

const users: readonly User[] = [
  { system: null, turns: 1, typical: 60, sampling: {}, choices: 1 },
  { system: 46, turns: 3, typical: 90, sampling: { temperature: 0.2 }, choices: 1 },
  { system: 212, turns: 1, typical: 240, sampling: { temperature: 0, maxTokens: 200 }, choices: 1 },
  { system: null, turns: 5, typical: 35, sampling: { temperature: 1, topP: 0.9, topK: 50 }, choices: 1 },
  { system: 80, turns: 1, typical: 120, sampling: { stop: ['\n\n'], presencePenalty: 0.5 }, choices: 2 },
  { system: null, turns: 1, typical: 150, sampling: { maxTokens: 16 }, choices: 1, logprobs: 5 },
];

type Role = 'system' | 'user' | 'assistant';
type Words = (role: Role, characters: number, random: () => number) => string;
const tones = { system: 'instruction', user: 'question', assistant: 'statement' } as const;
/** Text of the same kind as that of tests. */
export const everyday: Words = (role, characters, random) =>
  everydayText(tones[role], characters, (below) => Math.floor(random() * below));

/** A task that a user sent. */
export const userTask = (random: () => number, words: Words = everyday): TaskSubmitted => {
  const { system, turns, typical, sampling, choices, logprobs } = users[Math.floor(random() * users.length)]!;
  const length = (): number => Math.max(4, Math.round(typical * Math.exp((random() - 0.5) * 1.6)));
  const said = Array.from({ length: turns }, (_, turn) => {
    const role = turn % 2 === 0 ? ('user' as const) : ('assistant' as const);
    return { role, content: words(role, length(), random) };
  });
  const submitted = START + Math.floor(random() * 3_600_000);
  return {
    taskId: v7({ msecs: submitted - 1 - Math.floor(random() * 8) }),
    sessionId: v7(),
    owner: 'a key',
    nodeId: null,
    holdReveal: false,
    redundancy: random() < 0.1 ? 2 : 1,
    verify: 'after',
    request: {
      ...model,
      prompt: {
        messages: [
          ...(system === null ? [] : [{ role: 'system' as const, content: words('system', system, random) }]),
          ...said,
        ],
      },
      choices,
      sampling: {
        temperature: 0.7,
        topP: 0.95,
        topK: 0,
        minP: 0,
        presencePenalty: 0,
        frequencyPenalty: 0,
        repetitionPenalty: 1,
        maxTokens: 64,
        stop: [],
        ...sampling,
        seed: Math.floor(random() * 2 ** 53),
      },
      ...(logprobs === undefined ? {} : { logprobs }),
      salt: hex(random),
    },
    submittedAt: new Date(submitted).toISOString(),
    expiresAt: new Date(submitted + 600_000).toISOString(),
  };
};

/** As the queue answers `shapes` of it. */
export const shapeOf = ({ request, redundancy, submittedAt, expiresAt }: TaskSubmitted): TaskShape => {
  const { prompt, choices, sampling, logprobs } = request;
  const { seed: _seed, stop, ...shown } = sampling;
  const messages = 'messages' in prompt ? prompt.messages : [];
  return {
    lifetimeMs: Date.parse(expiresAt) - Date.parse(submittedAt),
    redundancy,
    request: {
      messages: messages.map(({ role, content }) => ({ role, characters: content.length })),
      choices,
      stops: stop as TaskShape['request']['stops'],
      sampling: shown,
      ...(logprobs === undefined ? {} : { logprobs }),
    },
  };
};

/** A test's task, as rounds make it after the shapes of users' tasks. */
export const testTask = (recent: readonly TaskShape[], random: () => number): TaskSubmitted => {
  const below = (most: number): number => Math.floor(random() * most);
  const shape = drawShape(recent, { contextLength: 4_096 }, below);
  const kind = drawKind(shape.request, below);
  const request = roundRequest(hex(random), { ...model, kind, shape: shape.request });
  const createdAt = new Date(START + Math.floor(random() * 3_600_000));
  const participant = { taskId: drawTaskId(createdAt), nodeId: `U${'A'.repeat(55)}` };
  const { lifetimeMs, redundancy } = shape;
  return taskOf(participant, { request, createdAt, lifetimeMs, redundancy });
};

/** A test that gives itself away: greedy, with a seed of 0, short, and soon over. */
export const naiveTask = (random: () => number): TaskSubmitted => {
  const task = testTask([], random);
  const { request, submittedAt } = task;
  const sampling = { ...request.sampling, temperature: 0, topP: 1, seed: 0, maxTokens: 12, stop: [] };
  return {
    ...task,
    request: { ...request, sampling },
    expiresAt: new Date(Date.parse(submittedAt) + 45_000).toISOString(),
  };
};
