import { drawVerifiers } from './verifier-draw.js';

const found = {
  model: { id: 'tiny', quantisation: 'int8' },
  determinismClass: 'avx2',
  verifiers: [
    { nodeId: 'other, free', determinismClass: 'avx512', state: 'EPHEMERAL' as const },
    { nodeId: 'same, serves', determinismClass: 'avx2', state: 'RESERVED' as const },
    { nodeId: 'same, free', determinismClass: 'avx2', state: 'EPHEMERAL' as const },
    { nodeId: 'same, free too', determinismClass: 'avx2', state: 'EPHEMERAL' as const },
    { nodeId: 'other, serves', determinismClass: 'avx512', state: 'RESERVED' as const },
  ],
};

describe('the draw of verifiers', () => {
  it('takes those of the class first, then the free ones', () => {
    const order = drawVerifiers(found, new Set(), () => 0.5).map(({ nodeId }) => nodeId);
    expect(order.slice(0, 2).sort()).toEqual(['same, free', 'same, free too']);
    expect(order.slice(2)).toEqual(['same, serves', 'other, free', 'other, serves']);
  });

  it('leaves out who had a turn', () => {
    const order = drawVerifiers(found, new Set(['same, free', 'other, free']), () => 0.5);
    expect(order.map(({ nodeId }) => nodeId)).toEqual(['same, free too', 'same, serves', 'other, serves']);
  });

  it('chooses by lot among equals', () => {
    const lots = [0.1, 0.2, 0.9, 0.3, 0.4];
    const first = (): string => {
      let at = 0;
      return drawVerifiers(found, new Set(), () => lots[at++]!)[0]!.nodeId;
    };
    expect(first()).toBe('same, free too');
    lots[2] = 0.05;
    expect(first()).toBe('same, free');
  });
});
