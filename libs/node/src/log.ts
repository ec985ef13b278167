export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where a node says what it does: one sentence, and the facts behind it. */
export type NodeLog = (level: LogLevel, message: string, facts?: Record<string, unknown>) => void;
