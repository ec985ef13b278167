import { Fault, reputation } from '@ganglion/contracts';
import { NODE } from './answer.fixture.js';
import { API_KEY, Neighbours, OTHER_KEY, SESSION_ID } from './neighbours.fixture.js';

describe('the routes of reputation', () => {
  let neighbours: Neighbours;
  beforeAll(async () => {
    neighbours = await Neighbours.start();
  });
  afterAll(() => neighbours[Symbol.asyncDispose]());

  const ask = async (
    path: string,
    key: string | null = API_KEY,
  ): Promise<{ status: number; body: unknown }> => {
    const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${neighbours.url}${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const of = `/v1/reputation/${NODE}`;

  it('show the changes of a level page by page', async () => {
    const answer = { nodeId: NODE, level: 2, items: [], nextCursor: null };
    neighbours.answer(reputation.history, () => answer);
    expect(await ask(`${of}/history?cursor=12&limit=3`)).toEqual({ status: 200, body: answer });
    expect(await ask(`${of}/history`)).toMatchObject({ status: 200 });
    expect(neighbours.askedFor(reputation.history)).toEqual([
      { nodeId: NODE, cursor: 12, limit: 3 },
      { nodeId: NODE, limit: 50 },
    ]);
  });

  it('show the series of one phase or of all', async () => {
    neighbours.answer(reputation.series, ({ nodeId }) => ({ nodeId, series: [] }));
    expect(await ask(`${of}/series?phase=commit`)).toMatchObject({ status: 200 });
    expect(await ask(`${of}/series`)).toMatchObject({ status: 200 });
    expect(neighbours.askedFor(reputation.series)).toEqual([
      { nodeId: NODE, phase: 'commit' },
      { nodeId: NODE },
    ]);
  });

  it.each([
    [`${of}/series?phase=sleep`, 'phase'],
    [`${of}/series?from=1`, 'from'],
    [`${of}/history?cursor=last`, 'cursor'],
    [`${of}/history?limit=201`, 'limit'],
    ['/v1/reputation/somebody/explain', ''],
  ])('refuse %s, naming what is wrong', async (path, param) => {
    expect(await ask(path)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', ...(param === '' ? {} : { param }) } },
    });
  });

  it('tell of a node that nothing was heard of, and need a key', async () => {
    neighbours.answer(reputation.explain, () => {
      throw new Fault('NOT_FOUND', 'nodeId: nothing was heard of it yet');
    });
    expect(await ask(`${of}/explain`)).toMatchObject({ status: 404 });
    expect(await ask(`${of}/explain`, null)).toMatchObject({ status: 401 });
  });

  it("show a session's statistics to its owner, and to nobody else", async () => {
    const counts = { accepted: 3, rejected: 0, lost: 1, completionTokens: 70 };
    neighbours.answer(reputation.session, ({ sessionId }) => ({ sessionId, ...counts }));
    const path = `/v1/sessions/${SESSION_ID}/statistics`;
    expect(await ask(path)).toEqual({ status: 200, body: { sessionId: SESSION_ID, ...counts } });
    expect(await ask(path, OTHER_KEY)).toMatchObject({ status: 404 });
  });
});
