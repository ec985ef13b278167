import type { NodeState } from '@ganglion/contracts';
import type { NodeFacts } from './change.js';
import { appear, rejoin } from './coming-and-going.js';
import { chooseLoaders, type Loader, startLoading, stopLoading, type Supply } from './model-switch.js';

const START = 1_800_000_000_000;
const at = (minutes: number): Date => new Date(START + minutes * 60_000);
const [wanted, other] = ['a'.repeat(64), 'b'.repeat(64)] as [string, string];

const node = (state: NodeState, more: Partial<NodeFacts> = {}): NodeFacts => ({
  id: `U${'A'.repeat(55)}`,
  state,
  stateAt: at(0),
  sessionId: null,
  tests: 3,
  tokensPerSecond: 100,
  speeds: [],
  concurrency: [],
  scoredAt: null,
  failures: 0,
  failedAt: null,
  wakeAt: null,
  lastSeenAt: at(0),
  joinedAt: at(0),
  leftAt: null,
  loadingDigest: null,
  switchedAt: null,
  ...more,
});
const loader = (id: string, more: Partial<Loader> = {}): Loader => ({
  id,
  modelDigest: other,
  memoryBytes: 8e9,
  idleSince: at(0),
  switchedAt: null,
  ...more,
});
const choose = (loaders: Loader[], supply: Record<string, Supply>, count = 1): string[] =>
  chooseLoaders(loaders, { supply: new Map(Object.entries(supply)), wanted: count, now: at(60) });

describe('the choice of nodes that load another model', () => {
  it('takes those with most memory, of equals the one idle longest', () => {
    const loaders = [
      loader('young', { idleSince: at(9) }),
      loader('old', { idleSince: at(1) }),
      loader('large', { memoryBytes: 16e9, idleSince: at(50) }),
    ];
    const supply = { [other]: { free: 3, reserved: 0 } };
    expect(choose(loaders, supply, 2)).toEqual(['large', 'old']);
    expect(choose(loaders, supply, 9)).toEqual(['large', 'old', 'young']);
  });

  it('leaves one free node of a model that sessions use', () => {
    const loaders = [loader('a'), loader('b'), loader('c')];
    expect(choose(loaders, { [other]: { free: 3, reserved: 1 } }, 3)).toHaveLength(2);
    expect(choose(loaders.slice(0, 1), { [other]: { free: 1, reserved: 4 } })).toEqual([]);
  });

  it('may take the last node of a model that nobody uses', () => {
    expect(choose([loader('a')], { [other]: { free: 1, reserved: 0 } })).toEqual(['a']);
  });

  it('leaves a node alone for ten minutes after it was last told', () => {
    const supply = { [other]: { free: 2, reserved: 0 } };
    expect(choose([loader('a', { switchedAt: at(51) })], supply)).toEqual([]);
    expect(choose([loader('a', { switchedAt: at(50) })], supply)).toEqual(['a']);
  });
});

describe('a node that is told to load another model', () => {
  const loading = node('OFFLINE', { loadingDigest: wanted, switchedAt: at(60) });

  it('is away from then on, and only if it is free', () => {
    expect(startLoading(node('EPHEMERAL'), wanted, at(60))).toMatchObject({
      path: ['OFFLINE'],
      reason: { code: 'loading' },
      data: { loadingDigest: wanted, switchedAt: at(60) },
    });
    for (const state of ['RESERVED', 'TESTING', 'QUARANTINED', 'OFFLINE', 'DRAINING'] as const)
      expect(startLoading(node(state), wanted, at(60))).toBeNull();
    expect(startLoading(node('EPHEMERAL', { switchedAt: at(59) }), wanted, at(60))).toBeNull();
  });

  it('is not brought back by a heartbeat that was on its way, but by one that comes much later', () => {
    expect(appear(loading, new Date(at(60).getTime() + 14_999)).path).toEqual([]);
    expect(appear(loading, new Date(at(60).getTime() + 15_000)).path).toEqual(['TESTING']);
  });

  it('is brought back by its next heartbeat when it refuses', () => {
    const refused = stopLoading(loading, wanted);
    expect(refused).toEqual({ path: [], data: { loadingDigest: null } });
    expect(appear({ ...loading, ...refused!.data, speeds: [] } as NodeFacts, at(60)).path).toEqual([
      'TESTING',
    ]);
    expect(stopLoading(node('OFFLINE', { loadingDigest: other }), wanted)).toBeNull();
  });

  it('is tested when it joins with the model', () => {
    expect(rejoin(loading, at(61), { modelDigest: wanted, problem: undefined })).toMatchObject({
      path: ['TESTING'],
      reason: { code: 'loaded' },
      data: { loadingDigest: null },
    });
  });

  it('is tested with its former model when it could not load the other, and says why', () => {
    expect(
      rejoin(loading, at(61), { modelDigest: other, problem: 'there is no memory for it' }),
    ).toMatchObject({
      path: ['TESTING'],
      reason: { code: 'load_failed', message: expect.stringContaining('there is no memory for it') },
      data: { loadingDigest: null },
    });
  });
});
