import { requestShape, type TaskShape } from '@ganglion/contracts';
import { builtInShape } from './built-in-shapes.js';
import { seeded } from '@ganglion/testkit/seeded';
import { drawShape } from './shape-draw.js';

const drawing = () => {
  const random = seeded(3);
  return (below: number): number => Math.floor(random() * below);
};
const shape = (known: Partial<TaskShape['request']>, lifetimeMs = 600_000): TaskShape => {
  const made = builtInShape(() => 0);
  return { ...made, lifetimeMs, request: { ...made.request, ...known } };
};

describe('the shape of a test', () => {
  it('is one of the built-in ones while nobody has asked anything', () => {
    const random = drawing();
    for (let n = 0; n < 200; n++) {
      const { request } = drawShape([], { contextLength: 512 }, random);
      expect(requestShape.parse(request)).toEqual(request);
    }
  });

  it('is one of those that users sent', () => {
    const recent = [shape({ choices: 2 }), shape({ choices: 3 })];
    const random = drawing();
    const drawn = Array.from(
      { length: 20 },
      () => drawShape(recent, { contextLength: 512 }, random).request.choices,
    );
    expect(new Set(drawn)).toEqual(new Set([2, 3]));
  });

  it('has other lengths of the same size, but for those that are habits', () => {
    const habit = { role: 'system' as const, characters: 46 };
    const recent = [100, 200, 300].map((characters) =>
      shape({ messages: [habit, { role: 'user', characters }] }),
    );
    const random = drawing();
    for (let n = 0; n < 30; n++) {
      const [system, user] = drawShape(recent, { contextLength: 512 }, random).request.messages;
      expect(system).toEqual(habit);
      expect(user!.characters).toBeGreaterThanOrEqual(80);
      expect(user!.characters).toBeLessThanOrEqual(360);
    }
    const drawn = Array.from({ length: 60 }, () => drawShape(recent, { contextLength: 512 }, random));
    expect(new Set(drawn.map(({ request }) => request.messages[1]!.characters)).size).toBeGreaterThan(5);
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
    const random = drawing();
    const fit = shape({ choices: 4 });
    for (let n = 0; n < 10; n++)
      expect(drawShape([unfit, fit], { contextLength: 512 }, random).request.choices).toBe(4);
    expect(drawShape([unfit], { contextLength: 512 }, random).request.messages).toEqual([
      { role: 'user', characters: 16 },
    ]);
  });
});
