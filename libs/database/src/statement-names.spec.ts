import { StatementNames } from './statement-names.js';

describe('the names of statements', () => {
  it('are the same for the same text, and others for others', () => {
    const names = new StatementNames();
    expect([names.of('SELECT 1'), names.of('SELECT 2'), names.of('SELECT 1')]).toEqual(['s0', 's1', 's0']);
  });

  it('are given to so many that a connection can keep them, and to no more', () => {
    const names = new StatementNames();
    for (let n = 0; n < 500; n++) expect(names.of(`SELECT ${n}`)).toBe(`s${n}`);
    expect(names.of('SELECT 500')).toBeUndefined();
    expect(names.of('SELECT 499')).toBe('s499');
  });
});
