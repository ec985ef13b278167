import { Cognitive, newNode } from './cognitive.fixture.js';
import { makeChallenge, makers } from './maker.fixture.js';
import { Peers } from './peers.fixture.js';

describe('a test', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start();
  });
  afterAll(() => peers[Symbol.asyncDispose]());

  it('looks as the tasks of users do, whoever makes it', async () => {
    await using module = await Cognitive.on(peers);
    const sampling = { temperature: 0.8, topP: 0.7, topK: 11, minP: 0.05, maxTokens: 33 };
    const penalties = { presencePenalty: 0.1, frequencyPenalty: 0.2, repetitionPenalty: 1.1 };
    const request = {
      messages: [
        { role: 'system' as const, characters: 31 },
        { role: 'user' as const, characters: 77 },
      ],
      choices: 2,
      stops: ['###' as const],
      sampling: { ...sampling, ...penalties },
    };
    const shape = { request, lifetimeMs: 345_000, redundancy: 2 };
    peers.shapes = [shape, shape, shape];
    await module.start([newNode()]);
    const all = makers(peers, 2);
    await module.start([newNode()]);
    await makeChallenge(module, peers, all);
    const [oracles, nodes] = peers.enqueued;
    for (const { taskId, submittedAt, expiresAt, redundancy } of peers.enqueued) {
      expect(redundancy).toBe(2);
      expect(Date.parse(expiresAt) - Date.parse(submittedAt)).toBe(345_000);
      const onTheWayMs = Date.parse(submittedAt) - parseInt(taskId.replace('-', '').slice(0, 12), 16);
      expect(onTheWayMs).toBeGreaterThanOrEqual(1);
      expect(onTheWayMs).toBeLessThanOrEqual(8);
    }
    expect(oracles!.request.sampling).toMatchObject({ temperature: 0, topP: 0.7, topK: 11, minP: 0.05 });
    expect(['known-answer', 'repeat', 'sustained-decode']).toContain(peers.created[0]!.job.kind);
    expect(nodes!.request).toMatchObject({ choices: 2, sampling: request.sampling });
    const { prompt } = nodes!.request;
    expect('messages' in prompt && prompt.messages.map(({ content }) => content.length)).toEqual([31, 77]);
  });
});
