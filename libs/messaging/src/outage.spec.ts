import { Fault } from '@ganglion/contracts';
import { isOutage } from './outage.js';

const prisma = (code: string, cause: object = {}): Error =>
  Object.assign(new Error('invalid invocation'), { code, meta: { driverAdapterError: { cause } } });

describe('an outage', () => {
  it('is a module that does not answer', () => {
    expect(isOutage(new Fault('UNAVAILABLE', 'nobody answers'))).toBe(true);
  });

  it('is a database that cannot be reached, ends, or drops a transaction', () => {
    expect(isOutage(prisma('P1001', { kind: 'DatabaseNotReachable' }))).toBe(true);
    expect(isOutage(prisma('P2010', { kind: 'DatabaseNotReachable' }))).toBe(true);
    expect(isOutage(prisma('P2039', { kind: 'postgres', originalCode: '57P01' }))).toBe(true);
    expect(isOutage(new Error('Client has encountered a connection error and is not queryable'))).toBe(true);
    expect(isOutage(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(true);
  });

  it('is a broker that does not answer in time', () => {
    expect(isOutage(Object.assign(new Error('timeout'), { name: 'TimeoutError' }))).toBe(true);
  });

  it('is not a refusal, a broken constraint or a bug', () => {
    expect(isOutage(new Fault('CONFLICT', 'taken'))).toBe(false);
    expect(isOutage(prisma('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' }))).toBe(
      false,
    );
    expect(isOutage(new TypeError('x is not a function'))).toBe(false);
    expect(isOutage(undefined)).toBe(false);
  });
});
