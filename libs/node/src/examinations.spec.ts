import { digestJson, referenceDigest, verifyRole } from '@ganglion/commitment';
import { cognitive, type CreateJob, Fault, type InputOf, type PrepareJob } from '@ganglion/contracts';
import { modelDigestOf } from './declaration.js';
import { Examinations } from './examinations.js';
import { createSeed, readIdentity } from './identity.js';
import type { Link } from './link.js';
import { roundRequest } from './round/round-request.js';
import { requestFor, ScriptedEngine, tokensOf } from './scripted-engine.fixture.js';
import { Slots } from './slots.js';

type Created = InputOf<typeof cognitive.created>;
type Prepared = InputOf<typeof cognitive.prepared>;

/** The node's clock: pauses are over at once, unless they are deadlines. */
const clock = {
  ms: () => Date.parse('2026-01-01T00:00:00.000Z'),
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    ms < 30_000
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
};

const setUp = (reference: (texts: readonly string[]) => readonly string[] | undefined = (texts) => texts) => {
  const engine = new ScriptedEngine((choice) => tokensOf('An', ` answer ${choice}`));
  const identity = readIdentity(createSeed());
  const told: unknown[] = [];
  const faults: Fault[] = [];
  const warnings: string[] = [];
  const heard: (() => void)[] = [];
  const link: Pick<Link, 'ask'> = {
    ask: async (_message, input) => {
      const fault = faults.shift();
      if (fault) throw fault;
      told.push(JSON.parse(JSON.stringify(input)));
      heard.shift()?.();
      return { noted: true } as never;
    },
  };
  const slots = new Slots(2);
  const examinations = new Examinations({
    engine,
    modelDigest: modelDigestOf(engine),
    identity,
    behaviour: { reference },
    slots,
    link,
    clock,
    log: (_level, message) => void warnings.push(message),
  });
  const next = (): Promise<void> => new Promise((resolve) => void heard.push(resolve));
  return { engine, identity, examinations, told, faults, warnings, slots, next };
};
const common = {
  roundId: '0198f2a0-0000-7000-8000-00000000000a',
  seed: '5e'.repeat(32),
  expiresAt: '2026-01-01T00:01:00.000Z',
};
const createJob = (engine: ScriptedEngine, change: Partial<CreateJob> = {}): CreateJob => {
  const { model, modelDigest, sampling } = requestFor(engine);
  const { seed: _seed, stop: _stop, ...rest } = sampling;
  return {
    ...common,
    kind: 'known-answer',
    model,
    modelDigest,
    shape: { messages: [{ role: 'user', characters: 30 }], choices: 2, stops: [], sampling: rest },
    ...change,
  };
};
const prepareJob = (engine: ScriptedEngine, change: Partial<PrepareJob> = {}): PrepareJob => ({
  ...common,
  request: requestFor(engine),
  ...change,
});

describe('a node that makes a test', () => {
  it('hands in the request of the seed, and its answer by a signed hash', async () => {
    const { engine, identity, examinations, told, next } = setUp();
    const isTold = next();
    expect(await examinations.create(createJob(engine))).toEqual({ accepted: true });
    await isTold;
    const { roundId, seed, expiresAt: _, ...asked } = createJob(engine);
    const { made, problem } = cognitive.created.input.parse(told[0]) as Created;
    expect(problem).toBeNull();
    expect(made!.request).toEqual(roundRequest(seed, asked));
    const requestDigest = digestJson(made!.request);
    expect(made!.reference).toBe(referenceDigest(requestDigest, ['An answer 0', 'An answer 1']));
    const statement = { role: 'creator' as const, roundId, seed, requestDigest, reference: made!.reference };
    expect(verifyRole(identity.nodeId, statement, made!.signature)).toBe(true);
    expect(JSON.stringify(told)).not.toContain('An answer');
    expect(engine.requests.map(({ sampling }) => sampling)).toEqual([
      made!.request.sampling,
      made!.request.sampling,
    ]);
  });

  it('computes another one’s request by itself when it prepares', async () => {
    const { engine, identity, examinations, told, next } = setUp();
    const isTold = next();
    await examinations.prepare(prepareJob(engine));
    await isTold;
    const { made } = cognitive.prepared.input.parse(told[0]) as Prepared;
    const requestDigest = digestJson(requestFor(engine));
    const reference = referenceDigest(requestDigest, ['An answer 0']);
    expect(made!.reference).toBe(reference);
    const { roundId, seed } = common;
    const statement = { role: 'preparer' as const, roundId, seed, requestDigest, reference };
    expect(verifyRole(identity.nodeId, statement, made!.signature)).toBe(true);
  });

  it('works in a slot, at one test at a time, and once at each', async () => {
    const { engine, examinations, slots, told, next } = setUp();
    let go = (): void => {};
    engine.before = () => new Promise((resolve) => (go = resolve));
    const isTold = next();
    await examinations.prepare(prepareJob(engine));
    await examinations.prepare(prepareJob(engine));
    expect(slots.busy).toBe(1);
    const another = prepareJob(engine, { roundId: '0198f2a0-0000-7000-8000-00000000000b' });
    await expect(examinations.prepare(another)).rejects.toMatchObject({ code: 'BUSY' });
    engine.before = () => {};
    await new Promise(setImmediate);
    go();
    await isTold;
    expect(slots.busy).toBe(0);
    expect(told).toHaveLength(1);
  });

  it('refuses what is not for it, too late, or more than it can take', async () => {
    const { engine, examinations, slots } = setUp();
    const other = createJob(engine, { modelDigest: '00'.repeat(32) });
    await expect(examinations.create(other)).rejects.toMatchObject({ code: 'CONFLICT' });
    const past = createJob(engine, { expiresAt: '2025-12-31T23:59:59.000Z' });
    await expect(examinations.create(past)).rejects.toMatchObject({ code: 'EXPIRED' });
    slots.take('a');
    slots.take('b');
    await expect(examinations.create(createJob(engine))).rejects.toMatchObject({ code: 'BUSY' });
    await examinations.close();
    await expect(examinations.prepare(prepareJob(engine))).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('says why it has nothing when the engine fails', async () => {
    const { engine, examinations, told, next } = setUp();
    engine.before = () => {
      throw Object.assign(new Error('the prompt is too long'), { code: 'PROMPT_TOO_LONG' });
    };
    const isTold = next();
    await examinations.create(createJob(engine));
    await isTold;
    const problem = { code: 'prompt_too_long', message: 'the prompt is too long' };
    expect(told).toEqual([{ roundId: common.roundId, made: null, problem }]);
  });

  it('gives up when it is closed, and hands in no half answer', async () => {
    const { engine, examinations, told, next } = setUp();
    const begun = new Promise<void>((resolve) => {
      engine.before = (made, signal) => {
        if (made === 0) return;
        resolve();
        return new Promise((go) => signal.addEventListener('abort', () => go()));
      };
    });
    const isTold = next();
    await examinations.prepare(prepareJob(engine));
    await begun;
    await examinations.close();
    await isTold;
    expect(told).toMatchObject([{ made: null, problem: { message: 'this node leaves' } }]);
  });

  it('tells it again while nobody hears', async () => {
    const { engine, examinations, told, faults, next, warnings } = setUp();
    faults.push(new Fault('UNAVAILABLE', 'nobody there'), new Fault('INTERNAL', 'a bug'));
    const isTold = next();
    await examinations.prepare(prepareJob(engine));
    await isTold;
    expect(told).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('keeps back what its behaviour keeps back', async () => {
    const { engine, examinations, told, slots } = setUp(() => undefined);
    await examinations.prepare(prepareJob(engine));
    while (slots.busy > 0) await new Promise(setImmediate);
    await examinations.close();
    expect(told).toEqual([]);
  });
});
