import type { UsageDays } from '@ganglion/contracts';

type UsageRow = UsageDays['items'][number];

export interface UsageDay {
  readonly day: string;
  readonly tasks: number;
  readonly prompt: number;
  readonly completion: number;
}

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The last so many days in UTC, today included. */
export const lastDays = (days: number, now: number): { from: string; to: string } => ({
  from: dayOf(now - (days - 1) * DAY_MS),
  to: dayOf(now),
});

/** Usage by day, days without any included, of one key or of all. */
export const byDay = (
  rows: readonly UsageRow[],
  { from, to }: { from: string; to: string },
  keyId: string | null,
): UsageDay[] => {
  const days = new Map<string, UsageDay>();
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS)
    days.set(dayOf(at), { day: dayOf(at), tasks: 0, prompt: 0, completion: 0 });
  for (const row of rows) {
    const sum = days.get(row.day);
    if (!sum || (keyId !== null && row.keyId !== keyId)) continue;
    days.set(row.day, {
      day: row.day,
      tasks: sum.tasks + row.tasks,
      prompt: sum.prompt + row.promptTokens,
      completion: sum.completion + row.completionTokens,
    });
  }
  return [...days.values()];
};

/** A spreadsheet runs what begins like a formula: such a name is made text by an apostrophe. */
const cell = (value: string | number): string => {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180, with a heading. */
export const toCsv = (rows: readonly UsageRow[], nameOf: (keyId: string | null) => string): string =>
  [
    ['day', 'key id', 'key', 'tasks', 'prompt tokens', 'completion tokens'],
    ...rows.map(({ day, keyId, tasks, promptTokens, completionTokens }) => [
      day,
      keyId ?? '',
      nameOf(keyId),
      tasks,
      promptTokens,
      completionTokens,
    ]),
  ]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
