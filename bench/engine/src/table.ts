import type { ContenderProgram } from './contenders.js';
import type { BenchModel } from './contract.js';
import { figuresIn, type Summary } from './report.js';
import type { Entry } from './plan.js';

/** Medians, a line per figure and a column per contender, then the ratios; as plain text. */
export function table(
  entries: readonly Entry[],
  summary: Summary,
  contenders: readonly ContenderProgram[],
): string {
  const titles = contenders.map(({ title }) => title);
  const rows = figuresIn(entries).map((figure) => [
    figure,
    ...contenders.map(({ name }) => rounded(summary.medians[name]?.[figure])),
  ]);
  const ratios = Object.entries(summary.ratios).map(([name, value]) => [name, rounded(value)]);
  return [
    'medians of the rounds',
    ...aligned([['', ...titles], ...rows]),
    '',
    'ratios, the median of those of each round; above 1 ours is faster',
    ...aligned(ratios),
  ].join('\n');
}

/** Bits per weight on both sides, for a smaller file is a faster one. */
export function bitsTable(models: readonly BenchModel[]): string {
  const rows = models.map((model) => [
    model.precision,
    rounded(model.bitsPerWeight),
    rounded(model.ggufBitsPerWeight),
  ]);
  return aligned([['bits per weight, scales counted', 'ONNX', 'GGUF'], ...rows]).join('\n');
}

function rounded(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
}
