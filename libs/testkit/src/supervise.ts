import type { Program } from './program.js';
import { Progress, type ProgressEvent } from './progress.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

interface Supervision {
  logFile: (name: string) => string;
  onProgress: ((event: ProgressEvent) => void) | undefined;
  /** The network is being stopped: nothing is started any more. */
  isOver: () => boolean;
}

/** Starts a program that ends by itself again; one that keeps failing less and less often. */
export const supervise = (program: Program, { logFile, onProgress, isOver }: Supervision): void => {
  let pause = FIRST_PAUSE_MS;
  program.onUnexpectedEnd = (_program, why) => {
    if (isOver()) return;
    const { name } = program;
    new Progress(onProgress).note(`${name} ended (${why}; see ${logFile(name)}); starting it again`);
    setTimeout(() => !isOver() && program.start(), pause).unref();
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
};
