import { type LoadableModel, Loading } from './loading.js';
import { Slots } from './slots.js';

const [a, b] = [
  { id: 'a', digest: 'a'.repeat(64) },
  { id: 'b', digest: 'b'.repeat(64) },
];

describe('the order to load another model', () => {
  const ordered: LoadableModel[] = [];
  let slots: Slots;
  let loading: Loading;
  beforeEach(() => {
    ordered.length = 0;
    slots = new Slots(2);
    loading = new Loading({ models: [a!, b!], slots, ordered: (model) => void ordered.push(model) });
  });
  const order = ({ id, digest }: LoadableModel) => loading.order({ model: id, modelDigest: digest });

  it('is taken once', () => {
    expect(order(b!)).toEqual({ accepted: true });
    expect(() => order(a!)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(ordered).toEqual([b]);
  });

  it('is refused while something is computed', () => {
    slots.take('a task');
    expect(() => order(a!)).toThrow(expect.objectContaining({ code: 'BUSY' }));
    slots.free('a task');
    expect(order(a!)).toEqual({ accepted: true });
  });

  it('is refused for a model that it may not load, with those that it may', () => {
    const other = { id: 'c', digest: 'c'.repeat(64) };
    expect(() => order(other)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringMatching(/but a, b$/) }),
    );
    expect(ordered).toEqual([]);
  });
});
