import type { nodePool, OutputOf } from '@ganglion/contracts';
import { drawClass, drawExaminer, LEAST_LEVEL } from './examiner-draw.js';

type Found = OutputOf<typeof nodePool.findExaminers>;
type Examiner = Found['examiners'][number];

const examiner = (nodeId: string, known: Partial<Examiner> = {}): Examiner => ({
  nodeId,
  determinismClass: 'one',
  state: 'EPHEMERAL',
  level: 5,
  ...known,
});
const found = (examiners: Examiner[], classes: Record<string, string> = { p: 'one' }): Found => ({
  contextLength: 512,
  participants: Object.entries(classes).map(([nodeId, determinismClass]) => ({
    nodeId,
    determinismClass,
    slots: 1,
  })),
  examiners,
});
const nobody = new Set<string>();

describe('the class that nodes test', () => {
  it('is one with a creator and another node as preparer', () => {
    expect(drawClass(found([examiner('a')]), nobody)).toBeNull();
    expect(drawClass(found([examiner('a'), examiner('b')]), nobody)).toEqual({
      determinismClass: 'one',
      nodeIds: ['p'],
    });
  });

  it('is none when those who are there are of another class, too little known, or rest', () => {
    const other = examiner('b', { determinismClass: 'two' });
    expect(drawClass(found([examiner('a'), other]), nobody)).toBeNull();
    const newcomers = ['a', 'b'].map((id) => examiner(id, { level: LEAST_LEVEL.preparer }));
    expect(drawClass(found(newcomers), nobody)).toBeNull();
    expect(drawClass(found([examiner('a'), examiner('b')]), new Set(['b']))).toBeNull();
  });

  it('is the one with most participants, and leaves the others out', () => {
    const examiners = ['a', 'b'].flatMap((id) => [
      examiner(id),
      examiner(`${id}2`, { determinismClass: 'two' }),
    ]);
    const participants = { p: 'one', q: 'two', r: 'two', s: 'three' };
    expect(drawClass(found(examiners, participants), nobody)).toEqual({
      determinismClass: 'two',
      nodeIds: ['q', 'r'],
    });
  });
});

describe('a node for a role', () => {
  const draw = (
    examiners: Examiner[],
    random: () => number,
    more: { role?: 'creator' | 'preparer'; resting?: string[] } = {},
  ) =>
    drawExaminer(
      found(examiners),
      { role: more.role ?? 'creator', determinismClass: 'one', resting: new Set(more.resting) },
      random,
    );

  it('is a free one before one that serves', () => {
    const serving = examiner('a', { state: 'RESERVED' });
    expect(draw([serving, examiner('b')], () => 0)).toBe('b');
    expect(draw([serving], () => 0)).toBe('a');
  });

  it('is known well enough for the role, of the class, and rested', () => {
    const known = examiner('a', { level: LEAST_LEVEL.preparer });
    expect(draw([known], () => 0)).toBeNull();
    expect(draw([known], () => 0, { role: 'preparer' })).toBe('a');
    expect(draw([examiner('b', { determinismClass: 'two' })], () => 0)).toBeNull();
    expect(draw([examiner('c')], () => 0, { resting: ['c'] })).toBeNull();
  });

  it('is drawn by lot', () => {
    const lots = [0.5, 0.1, 0.9];
    expect(draw([examiner('a'), examiner('b'), examiner('c')], () => lots.shift()!)).toBe('b');
  });
});
