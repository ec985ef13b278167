import type { NodeState, NodeView } from '@ganglion/contracts';
import { countBy, filterNodes, sortedBy } from './node-list.js';

const node = (letter: string, state: NodeState, more: Partial<NodeView> = {}): NodeView => ({
  nodeId: `U${letter.repeat(55)}`,
  state,
  reason: null,
  sessionId: null,
  dedicatedTo: null,
  model: 'tiny',
  modelDigest: 'a'.repeat(64),
  determinismClass: 'avx2',
  slots: 2,
  version: '1',
  tokensPerSecond: null,
  score: null,
  lastSeenAt: null,
  testedAt: null,
  createdAt: '2026-11-23T12:00:00.000Z',
  ...more,
});
const nodes = [
  node('A', 'EPHEMERAL', { tokensPerSecond: 5, level: 3 }),
  node('B', 'QUARANTINED', { model: 'large' }),
  node('C', 'EPHEMERAL', { tokensPerSecond: 9 }),
];
const everything = { text: '', state: null, model: null, level: null };
const letters = (list: readonly NodeView[]) => list.map(({ nodeId }) => nodeId[1]).join('');

describe('the list of nodes', () => {
  it('is whole without a filter', () => {
    expect(letters(filterNodes(nodes, everything))).toBe('ABC');
  });

  it('is filtered by state, model and level', () => {
    expect(letters(filterNodes(nodes, { ...everything, state: 'EPHEMERAL' }))).toBe('AC');
    expect(letters(filterNodes(nodes, { ...everything, model: 'large' }))).toBe('B');
    expect(letters(filterNodes(nodes, { ...everything, level: 1 }))).toBe('A');
  });

  it('is searched for every word, in any case', () => {
    expect(letters(filterNodes(nodes, { ...everything, text: 'AVX2 quarantined' }))).toBe('B');
    expect(letters(filterNodes(nodes, { ...everything, text: 'uccc' }))).toBe('C');
  });

  it('is sorted in both directions, with what is not known last', () => {
    const speed = ({ tokensPerSecond }: NodeView) => tokensPerSecond;
    expect(letters(sortedBy(nodes, speed, false))).toBe('ACB');
    expect(letters(sortedBy(nodes, speed, true))).toBe('CAB');
  });

  it('is counted', () => {
    expect(countBy(nodes, ({ state }) => state)).toEqual({ EPHEMERAL: 2, QUARANTINED: 1 });
  });
});
