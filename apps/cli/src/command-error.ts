/** What the command line answers with: 1 a negative answer, 2 wrong use, 3 the network (or the model hub) was not reached,
 * 130 cancelled, as after Ctrl-C. */
export const exitCode = { no: 1, usage: 2, unreachable: 3, cancelled: 130 } as const;

/** A failure that is told in one line. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
