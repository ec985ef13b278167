/** A process of a network, whatever program it runs. */
export interface Part {
  readonly isRunning: boolean;
  /** Of its process; undefined before the first start. */
  readonly pid: number | undefined;
  /** Everything it has written. */
  log(): string;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
  /** Starts it again on the same files and ports; resolves when it is ready. */
  run(): Promise<void>;
}
