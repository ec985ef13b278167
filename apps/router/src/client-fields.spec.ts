import { Fault } from '@ganglion/contracts';
import { inClientsWords } from './client-fields.js';

const thrownBy = (fault: unknown, sessionId?: string): unknown => {
  try {
    return inClientsWords({ sessionId })(fault);
  } catch (error) {
    return error;
  }
};

describe('a refusal in the words of its client', () => {
  it.each(['sessionId', 'redundancy', 'verify'])('names %s under ganglion', (field) => {
    const fault = new Fault('CONFLICT', `${field}: not like this`, { field, reason: 'so' });
    expect(thrownBy(fault)).toMatchObject({
      code: 'CONFLICT',
      message: `ganglion.${field}: not like this`,
      details: { field: `ganglion.${field}`, reason: 'so' },
    });
  });

  it('leaves the session alone that stands in the path', () => {
    const fault = new Fault('NOT_FOUND', 'sessionId: no session', { field: 'sessionId' });
    expect(thrownBy(fault, 'in-the-path')).toBe(fault);
  });

  it.each([
    new Fault('INVALID', 'model: unknown', { field: 'model' }),
    new Fault('INTERNAL', 'oh', { field: 'constructor' }),
    new Fault('UNAVAILABLE', 'later'),
    new Error('a bug'),
  ])('leaves anything else as it is: %s', (error) => {
    expect(thrownBy(error)).toBe(error);
  });
});
