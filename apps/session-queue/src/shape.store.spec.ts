import { sessionQueue } from '@ganglion/contracts';
import { hash, request, submitted } from './an-answer.fixture.js';
import { QueueBench } from './queue-bench.fixture.js';
import { ShapeStore } from './shape.store.js';
import { QueueDatabase } from './database.store.js';

describe('the shapes of tasks', () => {
  let bench: QueueBench;
  let database: QueueDatabase;
  beforeEach(async () => {
    bench = await QueueBench.open();
    database = new QueueDatabase(bench.db.url);
  });
  afterEach(async () => {
    await database.client.$disconnect();
    await bench[Symbol.asyncDispose]();
  });

  const recent = async (limit = 10, modelDigest = hash('a')) => {
    const answer = await new ShapeStore(database).recent({ modelDigest, limit });
    return sessionQueue.shapes.output.parse(JSON.parse(JSON.stringify(answer))).shapes;
  };
  const take = (over: Parameters<typeof submitted>[0]) => bench.stores.tasks.insert(submitted(over), 'd');
  const sampling = request().sampling;

  it('are lengths, roles and parameters, and no text', async () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'A secret that nobody must see: grün' },
    ];
    const asked = { temperature: 0.7, topP: 0.9, maxTokens: 48, stop: ['###', '\n\n'], seed: 987_654_321 };
    await take({
      redundancy: 3,
      submittedAt: '2030-01-01T00:00:00.000Z',
      expiresAt: '2030-01-01T00:10:00.000Z',
      request: request({ prompt: { messages }, logprobs: 2, sampling: { ...sampling, ...asked } }),
    });
    const { seed: _seed, stop: _stop, ...shown } = { ...sampling, ...asked };
    expect(await recent()).toEqual([
      {
        lifetimeMs: 600_000,
        redundancy: 3,
        request: {
          messages: [
            { role: 'system', characters: 9 },
            { role: 'user', characters: 35 },
          ],
          choices: 1,
          stops: ['###', '\n\n'],
          sampling: shown,
          logprobs: 2,
        },
      },
    ]);
    expect(JSON.stringify(await recent())).not.toMatch(/secret|987654321/);
  });

  it('are of the newest tasks of users with this model', async () => {
    for (const choices of [1, 2, 3]) await take({ request: request({ choices }) });
    await take({ request: request({ modelDigest: hash('b') }) });
    await take({
      sessionId: null,
      owner: null,
      nodeId: `U${'A'.repeat(55)}`,
      request: request({ choices: 8 }),
    });
    const choices = async (limit: number) => (await recent(limit)).map((shape) => shape.request.choices);
    expect(await choices(10)).toEqual([3, 2, 1]);
    expect(await choices(2)).toEqual([3, 2]);
    expect(await recent(10, hash('c'))).toEqual([]);
  });

  it('leave out what cannot be imitated without its text', async () => {
    await take({ request: request({ prompt: { text: 'no messages' } }) });
    await take({ request: request({ sampling: { ...sampling, logitBias: [[3, 1]] } }) });
    await take({ request: request({ sampling: { ...sampling, format: { type: 'json_object' } } }) });
    await take({ request: request({ sampling: { ...sampling, stop: ['\n', 'A secret stop'] } }) });
    await take({ verify: 'before' });
    expect(await recent()).toEqual([]);
  });
});
