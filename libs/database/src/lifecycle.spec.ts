import { lifecycle } from './lifecycle.js';
import { pathFrom } from './path.js';

const door = lifecycle({
  name: 'door',
  initial: 'SHUT',
  moves: { SHUT: ['OPEN'], OPEN: ['SHUT', 'GONE'], GONE: [] },
});

describe('lifecycle', () => {
  it('knows its states, moves and ends', () => {
    expect(door.states).toEqual(['SHUT', 'OPEN', 'GONE']);
    expect(door.can('SHUT', 'OPEN')).toBe(true);
    expect(door.can('SHUT', 'GONE')).toBe(false);
    expect(door.states.filter((state) => door.isFinal(state))).toEqual(['GONE']);
  });

  it('draws itself', () => {
    expect(door.toMermaid()).toBe(
      'stateDiagram-v2\n  [*] --> SHUT\n  SHUT --> OPEN\n  OPEN --> SHUT\n  OPEN --> GONE\n  GONE --> [*]\n',
    );
  });

  it('refuses a forgotten state by name', () => {
    const moves: Record<string, string[]> = { SHUT: ['OPEN'] };
    expect(() => lifecycle({ name: 'door', initial: 'SHUT', moves })).toThrow(
      'door: SHUT leads to OPEN, which has no entry',
    );
    expect(() =>
      lifecycle({ name: 'door', initial: 'AJAR', moves: { OPEN: [] } as Record<string, string[]> }),
    ).toThrow('the initial state AJAR has no entry');
  });

  it('refuses an unreachable state, a move that stays and a move named twice', () => {
    expect(() => lifecycle({ name: 'door', initial: 'A', moves: { A: [], B: ['A'] } })).toThrow(
      'B is unreachable from A',
    );
    expect(() => lifecycle({ name: 'door', initial: 'A', moves: { A: ['A'] } })).toThrow('A leads to itself');
    expect(() => lifecycle({ name: 'door', initial: 'A', moves: { A: ['B', 'B'], B: [] } })).toThrow(
      'A lists a state twice',
    );
  });
});

describe('pathFrom', () => {
  const task = lifecycle({
    name: 'task',
    initial: 'A',
    moves: { A: ['B'], B: ['C'], C: ['D'], D: [] },
  });

  it('enters every state passed, and those only that follow where the row is', () => {
    expect(pathFrom(task, { from: 'A', through: ['B', 'C'], to: 'D' })).toEqual(['B', 'C', 'D']);
    expect(pathFrom(task, { from: 'B', through: ['B', 'C'], to: 'D' })).toEqual(['C', 'D']);
    expect(pathFrom(task, { from: 'C', through: ['B', 'C'], to: 'D' })).toEqual(['D']);
  });

  it('names the step that the table does not have', () => {
    expect(() => pathFrom(task, { from: 'A', through: ['B'], to: 'D' })).toThrow(
      'task: the lifecycle has no move B → D',
    );
  });
});
