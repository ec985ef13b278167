import type { LoggerService } from '@nestjs/common';

/** What Nest says of its own start; and the process is `ready` long before the model is, which only confuses. */
const machinery = new Set(['NestFactory', 'InstanceLoader']);

/** Log lines for a person at a terminal: the time and the sentence. */
export class LineLogger implements LoggerService {
  constructor(private readonly write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {}

  log(message: unknown, context?: unknown): void {
    if (!machinery.has(String(context)) && message !== 'ready') this.print('', message);
  }

  warn(message: unknown): void {
    this.print('warning: ', message);
  }

  error(message: unknown, stack?: unknown): void {
    this.print('error: ', message);
    if (typeof stack === 'string' && stack.includes('\n')) this.write(stack);
  }

  debug(): void {}

  verbose(): void {}

  private print(level: string, message: unknown): void {
    this.write(`${new Date().toLocaleTimeString()}  ${level}${this.textOf(message)}`);
  }

  private textOf(message: unknown): string {
    if (typeof message !== 'object' || message === null) return String(message);
    if (message instanceof Error) return message.stack ?? message.message;
    const { message: sentence, ...facts } = message as Record<string, unknown>;
    const details = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
    return [String(sentence ?? ''), ...details].join(' ');
  }
}
