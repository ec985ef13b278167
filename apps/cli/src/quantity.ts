/** Numbers as people read and write them. */
import { InvalidArgumentError } from 'commander';

/** An option's number of things. */
export const toCount = (value: string): number => {
  const count = Number(value);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It is a whole number from 1.');
};

/** `512 B`, `4.1 MB`, `1.24 GB`: powers of ten, as disks and hubs count. */
export const inBytes = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']);

/** `2.6M`, `135M`, `1.24B`: weights, as models are called. */
export const inWeights = (weights: number): string =>
  scaled(weights, ['', 'k', 'M', 'B', 'T']).replace(' ', '');

/** `8 s`, `1 min 40 s`, `2 h 5 min` */
export const inTime = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/** Three digits. */
const scaled = (value: number, units: readonly string[]): string => {
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = unit === 0 ? 0 : rest < 10 ? 2 : rest < 100 ? 1 : 0;
  return `${Number(rest.toFixed(digits))} ${units[unit]}`.trim();
};
