import type { SessionView, TaskState } from '@ganglion/contracts';
import type { Ganglion, OpenSession } from '@ganglion/sdk';
import { eventually, NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';
import { untilServing } from './nodes.fixture.js';
import { openReady, untilSession } from './sessions.fixture.js';

const { messages } = question(JAPAN);
const statesOf = ({ history }: SessionView): string[] => history.map(({ state }) => state);

describe('a session', () => {
  let network: NetworkAddress;
  let owner: Ganglion;
  let stranger: Ganglion;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    owner = clientOf(network, (await newKey(network, 'owner')).apiKey);
    stranger = clientOf(network, (await newKey(network, 'stranger')).apiKey);
    await untilServing(network, 3);
  });

  const untilTask = (taskId: string, ...states: TaskState[]) =>
    eventually(async () => {
      const task = await owner.tasks.get(taskId);
      if (!states.includes(task.state)) throw new Error(`task is ${task.state}, not ${states.join(' or ')}`);
      return task;
    });

  it('is opened with the nodes it asks for, runs tasks, and is closed; twice is as good as once', async () => {
    const { sessionId, nodes, parameters } = await openReady(owner, {
      minNodes: 2,
      maxNodes: 2,
      name: 'two nodes',
      metadata: { team: 'e2e' },
    });
    expect(new Set(nodes).size).toBe(2);
    expect(parameters).toMatchObject({ minNodes: 2, name: 'two nodes', metadata: { team: 'e2e' } });

    const submitted = await owner.tasks.submit(sessionId, { messages });
    expect(submitted).toMatchObject({ sessionId });
    const task = await untilTask(submitted.taskId, 'FINALISED');
    expect(task.result!.choices[0]!.text).toContain('Tokyo');
    expect(nodes).toContain(task.attempts[0]!.nodeId);

    expect((await owner.sessions.close(sessionId)).state).toMatch(/^CLOS(ING|ED)$/);
    const closed = await untilSession(owner, sessionId, 'CLOSED');
    expect(statesOf(closed)).toEqual(['REQUESTED', 'RESERVING', 'READY', 'CLOSING', 'CLOSED']);
    expect(closed.nodes).toEqual([]);
    expect(await owner.sessions.close(sessionId)).toEqual(closed);
    await expect(owner.tasks.submit(sessionId, { messages })).rejects.toMatchObject({ status: 409 });
  });

  it('belongs to its key: to another key it does not exist', async () => {
    await using session = await openReady(owner);
    const { sessionId } = session;
    const missing = { status: 404, code: 'not_found' };
    await expect(stranger.sessions.get(sessionId)).rejects.toMatchObject(missing);
    await expect(stranger.sessions.close(sessionId)).rejects.toMatchObject(missing);
    await expect(stranger.tasks.submit(sessionId, { messages })).rejects.toMatchObject(missing);
    await expect(stranger.chat(question(JAPAN, { ganglion: { sessionId } }))).rejects.toMatchObject(missing);
    const { taskId } = await owner.tasks.submit(sessionId, { messages });
    await expect(stranger.tasks.get(taskId)).rejects.toMatchObject(missing);
    await expect(stranger.tasks.cancel(taskId)).rejects.toMatchObject(missing);
    expect((await stranger.sessions.list()).items).toEqual([]);
    expect((await owner.sessions.list()).items.map((item) => item.sessionId)).toContain(sessionId);
    expect((await untilTask(taskId, 'FINALISED')).reason).toBeNull();
  });

  it('that can never be is refused at once, with the numbers', async () => {
    const opening = owner.sessions.open({ model: 'tiny', minNodes: 50, maxNodes: 60 });
    await expect(opening).rejects.toMatchObject({
      status: 400,
      code: 'impossible',
      param: 'minNodes',
      message: expect.stringMatching(/\b50\b.*\b[3-9]\b/),
    });
    expect(
      (await owner.sessions.list({ limit: 200 })).items.map(({ parameters }) => parameters.minNodes),
    ).not.toContain(50);
  });

  it('refuses a task that wants more miners at once than it may have', async () => {
    await using session = await openReady(owner);
    const ganglion = { sessionId: session.sessionId, redundancy: 2 };
    await expect(owner.chat(question(JAPAN, { ganglion }))).rejects.toMatchObject({
      status: 400,
      code: 'impossible',
      param: 'ganglion.redundancy',
      message: expect.stringMatching(/\b2\b.*\b1\b.*maxNodes/),
    });
  });

  it.each<[string, number, object]>([
    ['minNodes', 400, { minNodes: 0 }],
    ['minNodes', 400, { minNodes: 3, maxNodes: 2 }],
    ['minNodes', 400, { minNodes: 2, maxNodes: 5, redundancy: 3 }],
    ['maxNodes', 400, { maxNodes: 1_000 }],
    ['ttlSeconds', 400, { ttlSeconds: 1 }],
    ['reserveSeconds', 400, { reserveSeconds: 'long' }],
    ['mode', 400, { mode: 'forever' }],
    ['sla', 400, { sla: 'best' }],
    ['metadata.team', 400, { metadata: { team: 7 } }],
    ['nodes', 400, { nodes: 3 }],
    ['model', 404, { model: 'unheard-of' }],
  ])('with a wrong %s is refused with %i and the field’s name: %j', async (param, status, wrong) => {
    const opening = owner.sessions.open({ model: 'tiny', ...wrong } as OpenSession);
    await expect(opening).rejects.toMatchObject({ status, param, message: expect.stringContaining(param) });
  });
});
