import { z } from 'zod';
import { excerpt, Fault } from './index.js';

describe('a fault of a failed parse', () => {
  const refuse = (schema: z.ZodType, value: unknown): Fault =>
    Fault.fromZod(schema.safeParse(value).error!, 'req.a.b');

  it('names the field and what is wrong with it', () => {
    expect(refuse(z.object({ a: z.object({ b: z.int() }) }), { a: { b: 'x' } })).toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/^a\.b: .*expected/i),
      details: { field: 'a.b', where: 'req.a.b' },
    });
  });

  it('does not send back what it was sent', () => {
    const long = 'x'.repeat(1_000_000);
    const fault = refuse(z.strictObject({}), { [long]: 1, ['y'.repeat(1_000_000)]: 2 });
    expect(JSON.stringify(fault.toBody()).length).toBeLessThan(5_000);
  });
});

describe('an excerpt', () => {
  it('is the text itself while it is short', () => {
    expect(excerpt('short')).toBe('short');
  });

  it('never ends in half a character', () => {
    for (const shift of ['', 'a'])
      expect(excerpt(`${shift}${'🦊'.repeat(1_000)}`)).not.toMatch(/[\ud800-\udbff]…$/);
  });
});
