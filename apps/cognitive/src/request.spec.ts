import { frozenRequest, taskSubmitted } from '@ganglion/contracts';
import { freeze, taskOf } from './request.js';

const model = { id: 'tiny', digest: 'a'.repeat(64) };
const filters = { topP: 0.9, topK: 40, minP: 0.1 };
const challenge = { prompt: 'What is 2 plus 2?', answer: '4', maxTokens: 8 };
const participant = { taskId: '01890000-0000-7000-8000-000000000001', nodeId: `U${'A'.repeat(55)}` };
const envelope = { createdAt: new Date('2030-01-01T00:00:00.000Z'), lifetimeMs: 600_000, redundancy: 1 };

describe('the request of a test', () => {
  it('is a frozen request like any other, and greedy', () => {
    const request = freeze(challenge, model, filters);
    expect(frozenRequest.parse(request)).toEqual(request);
    expect(request.sampling).toMatchObject({ temperature: 0, maxTokens: 8, ...filters });
  });

  it('never carries the expected answer', () => {
    const request = freeze({ ...challenge, answer: 'a secret answer' }, model, filters);
    const task = taskOf(participant, { request, ...envelope });
    expect(JSON.stringify(task)).not.toContain('a secret answer');
  });

  it('has a salt and a seed of its own each time', () => {
    const [one, other] = [freeze(challenge, model, filters), freeze(challenge, model, filters)];
    expect(one.salt).not.toBe(other.salt);
    expect(one.sampling.seed).not.toBe(other.sampling.seed);
  });

  it('travels in the envelope of every task, the same for each repetition', () => {
    const request = freeze(challenge, model, filters);
    const task = taskOf(participant, { request, ...envelope });
    expect(taskSubmitted.parse(task)).toEqual(task);
    expect(task).toMatchObject({
      sessionId: null,
      owner: null,
      holdReveal: true,
      nodeId: participant.nodeId,
    });
    expect(taskOf(participant, { request, ...envelope })).toEqual(task);
  });
});
