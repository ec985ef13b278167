import { execFile } from 'node:child_process';
import { appProgram } from '@ganglion/testkit';

const program = appProgram('cli');

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the built `ganglion` command as a user would, with nothing in its environment but what is given. */
export const ganglion = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const options = { env: { NO_COLOR: '1', ...env }, timeout: 50_000 };
    execFile(process.execPath, [program, ...args], options, (error, out, err) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, out, err });
      else reject(error as Error);
    });
  });
