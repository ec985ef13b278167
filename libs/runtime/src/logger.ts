import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Nest's logger as JSON lines on standard output: time, level, service, context, message. */
export class JsonLogger implements LoggerService {
  readonly #pino: Logger;

  constructor(service: string, level: string) {
    this.#pino = pino({
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    });
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.length > 0 ? String(rest.at(-1)) : undefined;
    const stack = rest.length > 1 && rest[0] !== undefined ? String(rest[0]) : undefined;
    const facts =
      typeof message === 'object' && message !== null && !(message instanceof Error) ? message : {};
    const text =
      message instanceof Error
        ? (message.stack ?? message.message)
        : typeof message === 'object'
          ? undefined
          : String(message);
    this.#pino[level]({ ...facts, ...(context ? { context } : {}), ...(stack ? { stack } : {}) }, text);
  }
}
