import { requestShape } from '@ganglion/contracts';
import { builtInShape, type TaskShape } from './built-in-shapes.js';
import { drawShape } from './shape-draw.js';

/** Numbers that go round. */
const counting = () => {
  let next = 0;
  return (below: number): number => next++ % below;
};
const shape = (known: Partial<TaskShape['request']>, lifetimeMs = 600_000): TaskShape => {
  const made = builtInShape(() => 0);
  return { ...made, lifetimeMs, request: { ...made.request, ...known } };
};

describe('the shape of a test', () => {
  it('is one of the built-in ones while nobody has asked anything', () => {
    const random = counting();
    for (let n = 0; n < 200; n++) {
      const { request } = drawShape([], { contextLength: 512 }, random);
      expect(requestShape.parse(request)).toEqual(request);
    }
  });

  it('is one of those that users sent', () => {
    const recent = [shape({ choices: 2 }), shape({ choices: 3 })];
    const random = counting();
    const drawn = [1, 2, 3].map(() => drawShape(recent, { contextLength: 512 }, random).request.choices);
    expect(drawn).toEqual([2, 3, 2]);
  });

  it.each([
    ['a prompt that the context may not hold', shape({ messages: [{ role: 'user', characters: 2_000 }] })],
    [
      'more tokens than a test may cost',
      shape({ choices: 8, sampling: { ...shape({}).request.sampling, maxTokens: 100 } }),
    ],
    ['a life that is shorter than a round', shape({}, 60_000)],
    ['nothing that a user says', shape({ messages: [{ role: 'system', characters: 10 }] })],
  ])('never has %s', (_, unfit) => {
    const random = counting();
    const fit = shape({ choices: 4 });
    for (let n = 0; n < 10; n++)
      expect(drawShape([unfit, fit], { contextLength: 512 }, random).request.choices).toBe(4);
    expect(drawShape([unfit], { contextLength: 512 }, random).request.messages).toEqual([
      { role: 'user', characters: 16 },
    ]);
  });
});
