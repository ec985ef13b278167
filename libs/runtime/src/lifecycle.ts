import { Logger } from '@nestjs/common';

/** A drain that takes longer than this is cut: a supervisor would kill the process soon after anyway. */
const DRAIN_TIMEOUT_MS = 20_000;

/**
 * Ends the process in order on SIGTERM, SIGINT or (for children of a launcher) the end of standard input, which
 * comes even when the launcher was killed. Bugs that escape are logged and end the process too.
 */
export const endInOrder = (
  service: string,
  close: () => Promise<void>,
  options: { withParent: boolean },
): void => {
  const log = new Logger(service);
  let isClosing = false;
  const end = (why: string, code: number): void => {
    if (isClosing) return;
    isClosing = true;
    log.log(`closing: ${why}`);
    setTimeout(() => process.exit(code === 0 ? 1 : code), DRAIN_TIMEOUT_MS).unref();
    close().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error(`closing failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => end('SIGTERM', 0));
  process.once('SIGINT', () => end('SIGINT', 0));
  if (options.withParent) process.stdin.on('end', () => end('the launcher has ended', 0)).resume();
  process.on('uncaughtException', (error) => {
    log.error(error.stack ?? String(error));
    end('an uncaught exception', 70);
  });
  process.on('unhandledRejection', (error) => {
    log.error(error instanceof Error ? error.stack : `unhandled rejection: ${String(error)}`);
    end('an unhandled rejection', 70);
  });
};
