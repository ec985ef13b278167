import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from './program.js';
import type { Terminal } from './terminal.js';

/** Runs a command line as a program would: no terminal, `input` on standard input. */
export const run = async (
  args: string[],
  input = '',
): Promise<{ code: number; out: string; err: string }> => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal: Terminal = { out, err, in: Readable.from([input]), isPlain: false };
  const code = await runCommandLine(args, terminal);
  const read = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: read(out), err: read(err) };
};
