import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** The header that carries a W3C trace context (https://www.w3.org/TR/trace-context/) beside every message. */
export const TRACE_HEADER = 'traceparent';

const current = new AsyncLocalStorage<string>();
const pattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace context of the message being handled, if any. */
export const currentTrace = (): string | undefined => current.getStore();

/** A child of the given context (same trace, new span), or the start of a new trace. */
export const childTrace = (parent: string | undefined): string => {
  const span = randomBytes(8).toString('hex');
  if (parent && pattern.test(parent)) return `${parent.slice(0, 36)}${span}${parent.slice(52)}`;
  return `00-${randomBytes(16).toString('hex')}-${span}-01`;
};

/** Runs a task inside a trace context. */
export const inTrace = <T>(trace: string, task: () => T): T => current.run(trace, task);
