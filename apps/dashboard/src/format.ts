/** How figures, times and names are written, everywhere the same. */

const NOTHING = '–';

/** 12.3k, 4.56M; below a thousand as it is, with at most `digits` decimals. */
export const compact = (value: number, digits = 0): string => {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (Math.abs(value) >= size) return `${trim(value / size, value / size >= 100 ? 0 : 1)}${unit}`;
  }
  return trim(value, digits);
};

const trim = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** How often: by the second, or by the longest span of minute and hour that makes it one at least. */
export const rate = (perSecond: number): string => {
  if (perSecond >= 0.1 || perSecond === 0) return `${compact(perSecond, perSecond < 10 ? 2 : 1)} /s`;
  if (perSecond * 60 >= 1) return `${compact(perSecond * 60, 1)} /min`;
  return `${compact(perSecond * 3_600, 1)} /h`;
};

/** A ratio of 0 to 1 in percent. What is not quite all must not look like all. */
export const percent = (ratio: number | null | undefined): string => {
  if (ratio == null) return NOTHING;
  const value = ratio * 100;
  if (value > 99.9 && value < 100) return '99.9 %';
  return `${trim(value, value < 10 || value > 90 ? 1 : 0)} %`;
};

/** Milliseconds as whoever waits for them would say: 0.4 ms, 85 ms, 1.2 s, 3 min 5 s. */
export const duration = (ms: number | null | undefined): string => {
  if (ms == null) return NOTHING;
  if (ms < 1_000) return `${trim(ms, ms < 10 ? 1 : 0)} ms`;
  if (ms < 60_000) return `${trim(ms / 1_000, ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return `${minutes} min ${seconds % 60} s`;
};

/** Powers of 1024, as memory and files are counted. */
export const bytes = (size: number | null | undefined): string => {
  if (size == null) return NOTHING;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log2(size) / 10));
  return `${trim(size / 1024 ** power, power > 1 ? 1 : 0)} ${units[power]}`;
};

/** Time since, in one unit: 5 s, 3 min, 2 h, 4 d. */
export const age = (iso: string, now: number): string => {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
};

/** Node ids are 56 characters: the first tells nothing, the next eight tell most. */
export const shortNode = (nodeId: string): string => nodeId.slice(0, 9);
/** The end of a UUIDv7 is random; its beginning is the time, which neighbours share. */
export const shortId = (id: string): string => (id.length > 12 ? id.slice(-8) : id);
/** A hash by its first bytes. */
export const shortHash = (hash: string): string => `${hash.slice(0, 10)}…`;

/** RESERVED → reserved. */
export const stateName = (state: string): string => state.toLowerCase().replaceAll('_', ' ');
