/** Where a command writes and reads; tests give their own. */
export interface Terminal {
  readonly out: NodeJS.WritableStream & { isTTY?: boolean };
  readonly err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly in: NodeJS.ReadableStream & { isTTY?: boolean };
  /** NO_COLOR (no-color.org) is set. */
  readonly isPlain: boolean;
  /** Set by a command whose answer is no. */
  exitCode?: number;
}

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
const codes: Record<Colour, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

export const print = (terminal: Terminal, line: string): void => void terminal.out.write(`${line}\n`);

/** Text in a colour, on a terminal only. */
export const paint = ({ out, isPlain }: Terminal, colour: Colour, text: string): string => {
  const [on, off] = codes[colour];
  return out.isTTY && !isPlain ? `\u001B[${on}m${text}\u001B[${off}m` : text;
};

/** Lines up rows of cells; the first row is the head. */
export const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
