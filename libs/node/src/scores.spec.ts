import { cognitive, Fault, type InputOf, type ScoreJob } from '@ganglion/contracts';
import { modelDigestOf } from './declaration.js';
import type { Link } from './link.js';
import { Scores } from './scores.js';
import { requestFor, ScriptedEngine } from './scripted-engine.fixture.js';
import { Slots } from './slots.js';

type Told = InputOf<typeof cognitive.scored>;

/** The node's clock: pauses are over at once, unless they are deadlines. */
const now = Date.parse('2026-01-01T00:00:00.000Z');
const clock = {
  ms: () => now,
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    ms < 30_000
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
};

const setUp = (slots = new Slots(2)) => {
  const engine = new ScriptedEngine(() => []);
  const told: Told[] = [];
  const faults: Fault[] = [];
  const warnings: string[] = [];
  const heard: (() => void)[] = [];
  const link: Pick<Link, 'ask'> = {
    ask: async (_message, input) => {
      const fault = faults.shift();
      if (fault) throw fault;
      told.push(input as Told);
      heard.shift()?.();
      return { noted: true } as never;
    },
  };
  const scores = new Scores({
    engine,
    modelDigest: modelDigestOf(engine),
    slots,
    link,
    clock,
    log: (_level, message) => void warnings.push(message),
  });
  const next = (): Promise<void> => new Promise((resolve) => void heard.push(resolve));
  return { engine, scores, told, faults, warnings, slots, next };
};

const jobFor = (engine: ScriptedEngine, change: Partial<ScoreJob> = {}): ScoreJob => ({
  auditId: '0198f2a0-0000-7000-8000-00000000000a',
  request: requestFor(engine),
  claims: [{ choice: 0, tokens: [4, 5, 6] }],
  slack: 0.3,
  expiresAt: '2026-01-01T00:01:00.000Z',
  ...change,
});

describe('a node that is asked to score', () => {
  it('tells gaps and evidence of every claim, with the tokens that end its texts', async () => {
    const { engine, scores, told, next } = setUp();
    engine.scoring = ({ claimed, choice }) => ({
      gaps: claimed.map((_, at) => (at === 1 ? Infinity : at === 2 ? 0.25 : 0)),
      evidence: claimed.flatMap((id) => [id, 900 + choice, 99, -5]),
    });
    const claims = [0, 2].map((choice) => ({ choice, tokens: [4, 5, 6] }));
    const isTold = next();
    expect(await scores.score(jobFor(engine, { claims }))).toEqual({ accepted: true });
    await isTold;
    const gaps = [
      [1, null],
      [2, 0.25],
    ];
    const evidence = (choice: number) => [4, 5, 6].map((id) => [id, 900 + choice, 99, -5]);
    expect(told).toEqual([
      {
        auditId: jobFor(engine).auditId,
        scores: {
          claims: [
            { gaps, evidence: evidence(0) },
            { gaps, evidence: evidence(2) },
          ],
          promptTokens: 5,
          eosTokenIds: [0],
        },
        problem: null,
      },
    ]);
    expect(cognitive.scored.input.safeParse(JSON.parse(JSON.stringify(told[0]))).success).toBe(true);
  });

  it('has each claim scored once, as leniently as it was told', async () => {
    const { engine, scores, next } = setUp();
    const slacks: number[] = [];
    engine.scoring = ({ claimed, slack }) => {
      slacks.push(slack);
      return { gaps: claimed.map(() => Infinity), evidence: claimed.flatMap(() => [1, 2, 3, 1]) };
    };
    const isTold = next();
    await scores.score(jobFor(engine, { slack: 0.4 }));
    await isTold;
    expect(slacks).toEqual([0.4]);
  });

  it('takes what is no token for one without a chance, and looks at what comes before it', async () => {
    const { engine, scores, told, next } = setUp();
    const scored: (readonly number[])[] = [];
    const { scoring } = engine;
    engine.scoring = (request, signal) => {
      scored.push(request.claimed);
      return scoring(request, signal);
    };
    const isTold = next();
    const claims = [
      { choice: 0, tokens: [4, 5, 100, 6] },
      { choice: 1, tokens: [4_000_000_000] },
    ];
    await scores.score(jobFor(engine, { claims }));
    await isTold;
    expect(scored).toEqual([[4, 5]]);
    expect(told[0]!.scores!.claims).toMatchObject([
      { gaps: [[2, null]], evidence: [[4], [5]].map(([id]) => [id, 900, 99, 0]) },
      { gaps: [[0, null]], evidence: [] },
    ]);
  });

  it('scores as far as its context reaches', async () => {
    const { engine, scores, told, next } = setUp();
    engine.promptTokens = () => Promise.resolve(engine.model.contextLength - 2);
    const isTold = next();
    await scores.score(jobFor(engine));
    await isTold;
    expect(told[0]!.scores!.claims[0]!.evidence).toHaveLength(2);
  });

  it('scores one audit at a time, in a slot of its own, and the same one once', async () => {
    const { engine, scores, told, slots, next } = setUp();
    let go = (): void => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    engine.scoring = async ({ claimed }) => {
      await held;
      return { gaps: claimed.map(() => 0), evidence: claimed.flatMap(() => [1, 2, 3, 1]) };
    };
    const isTold = next();
    await scores.score(jobFor(engine));
    expect(slots.busy).toBe(1);
    expect(await scores.score(jobFor(engine))).toEqual({ accepted: true });
    const other = jobFor(engine, { auditId: '0198f2a0-0000-7000-8000-00000000000b' });
    await expect(scores.score(other)).rejects.toMatchObject({ code: 'BUSY' });
    go();
    await isTold;
    expect(slots.busy).toBe(0);
    expect(told).toHaveLength(1);
    await scores.score(other);
  });

  it('refuses when all slots are taken, for another model, too late, and when it leaves', async () => {
    const { engine, scores, slots } = setUp(new Slots(1));
    slots.take('an attempt');
    await expect(scores.score(jobFor(engine))).rejects.toMatchObject({ code: 'BUSY' });
    slots.free('an attempt');
    const request = { ...requestFor(engine), modelDigest: '00'.repeat(32) };
    await expect(scores.score(jobFor(engine, { request }))).rejects.toMatchObject({ code: 'CONFLICT' });
    const late = { expiresAt: new Date(now).toISOString() };
    await expect(scores.score(jobFor(engine, late))).rejects.toMatchObject({ code: 'EXPIRED' });
    await scores.close();
    await expect(scores.score(jobFor(engine))).rejects.toMatchObject({ code: 'BUSY' });
    expect(slots.busy).toBe(0);
  });

  it('says why it has no scores', async () => {
    const { engine, scores, told, slots, next } = setUp();
    engine.scoring = () =>
      Promise.reject(Object.assign(new Error('claimed is odd'), { code: 'PROMPT_INVALID' }));
    const isTold = next();
    await scores.score(jobFor(engine));
    await isTold;
    expect(told).toMatchObject([
      { scores: null, problem: { code: 'prompt_invalid', message: 'claimed is odd' } },
    ]);
    expect(slots.busy).toBe(0);
  });

  it('gives up what is under way when it leaves, and says so', async () => {
    const { engine, scores, told } = setUp();
    engine.scoring = (_request, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () =>
          reject(Object.assign(new Error('the score was cancelled'), { code: 'CANCELLED' })),
        ),
      );
    await scores.score(jobFor(engine));
    await scores.close();
    expect(told).toMatchObject([{ scores: null, problem: { code: 'cancelled' } }]);
  });

  it('tells its scores until they are heard, and not to who no longer wants them', async () => {
    const { engine, scores, told, faults, warnings, next } = setUp();
    faults.push(new Fault('UNAVAILABLE', 'away'), new Fault('INTERNAL', 'a bug'));
    const isTold = next();
    await scores.score(jobFor(engine));
    await isTold;
    expect(told).toHaveLength(1);
    faults.push(new Fault('STALE', 'no longer'));
    await scores.score(jobFor(engine));
    await scores.close();
    expect(told).toHaveLength(1);
    expect(warnings).toEqual(['the scores of an audit were not taken']);
  });
});
