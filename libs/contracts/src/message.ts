import type { z } from 'zod';
import type { ModuleName } from './module-name.js';

/** A question one module answers for another, on `req.<module>.<verb>`, in the queue group named like the module. */
export interface Request<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'request';
  readonly module: ModuleName;
  readonly subject: string;
  readonly input: I;
  readonly output: O;
}

/** A fact that has happened, on `evt.<module>.<thing>-<past>`; kept in the stream EVENTS until every durable hearer has acknowledged it. */
export interface Event<P extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly module: ModuleName;
  readonly subject: string;
  readonly payload: P;
}

/** An order to one miner, on `job.<nodeId>.<verb>`. */
export interface Job<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'job';
  readonly verb: string;
  /** The subscription pattern, with `*` for the node. */
  readonly subject: string;
  readonly input: I;
  readonly output: O;
}

/** A request from one miner to a module, on `node.<nodeId>.<module>.<verb>`. */
export interface NodeRequest<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'node-request';
  readonly module: ModuleName;
  readonly verb: string;
  /** The subscription pattern, with `*` for the node. */
  readonly subject: string;
  readonly input: I;
  readonly output: O;
}

export type Answerable = Request | NodeRequest;
export type Message = Request | Event | Job | NodeRequest;
export type InputOf<R extends { input: z.ZodType }> = z.infer<R['input']>;
export type OutputOf<R extends { output: z.ZodType }> = z.infer<R['output']>;
export type PayloadOf<E extends Event> = z.infer<E['payload']>;

export const request = <I extends z.ZodType, O extends z.ZodType>(
  module: ModuleName,
  verb: string,
  schemas: { input: I; output: O },
): Request<I, O> => ({ kind: 'request', module, subject: `req.${module}.${verb}`, ...schemas });

export const event = <P extends z.ZodType>(module: ModuleName, fact: string, payload: P): Event<P> => ({
  kind: 'event',
  module,
  subject: `evt.${module}.${fact}`,
  payload,
});

export const job = <I extends z.ZodType, O extends z.ZodType>(
  verb: string,
  schemas: { input: I; output: O },
): Job<I, O> => ({ kind: 'job', verb, subject: `job.*.${verb}`, ...schemas });

export const nodeRequest = <I extends z.ZodType, O extends z.ZodType>(
  module: ModuleName,
  verb: string,
  schemas: { input: I; output: O },
): NodeRequest<I, O> => ({
  kind: 'node-request',
  module,
  verb,
  subject: `node.*.${module}.${verb}`,
  ...schemas,
});

/** The subject of a job or node request for one node: `job.*.infer` → `job.U….infer`. */
export const subjectFor = (message: Job | NodeRequest, nodeId: string): string =>
  message.subject.replace('*', nodeId);
