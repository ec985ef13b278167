import { byDay, lastDays, toCsv } from './usage.js';

const row = (day: string, keyId: string | null, tasks: number) => ({
  day,
  keyId,
  tasks,
  promptTokens: tasks * 10,
  completionTokens: tasks * 100,
});
const rows = [row('2026-11-21', 'a', 1), row('2026-11-21', 'b', 2), row('2026-11-23', 'a', 4)];
const range = { from: '2026-11-21', to: '2026-11-23' };

describe('usage', () => {
  it('is asked for by whole days in UTC', () => {
    expect(lastDays(3, Date.parse('2026-11-23T23:30:00Z'))).toEqual(range);
  });

  it('is added up by day, with days of none', () => {
    expect(byDay(rows, range, null)).toEqual([
      { day: '2026-11-21', tasks: 3, prompt: 30, completion: 300 },
      { day: '2026-11-22', tasks: 0, prompt: 0, completion: 0 },
      { day: '2026-11-23', tasks: 4, prompt: 40, completion: 400 },
    ]);
  });

  it('is that of one key if one is chosen', () => {
    expect(byDay(rows, range, 'b').map(({ tasks }) => tasks)).toEqual([2, 0, 0]);
  });

  it('is exported as text that neither breaks a table nor runs in it', () => {
    const names = { a: 'chat, "new"', b: '=HYPERLINK("x")' } as Record<string, string>;
    const csv = toCsv(rows.slice(0, 2), (keyId) => names[keyId ?? ''] ?? '');
    expect(csv.split('\r\n')).toEqual([
      'day,key id,key,tasks,prompt tokens,completion tokens',
      '2026-11-21,a,"chat, ""new""",1,10,100',
      '2026-11-21,b,"\'=HYPERLINK(""x"")",2,20,200',
      '',
    ]);
  });
});
