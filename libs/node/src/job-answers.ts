import { Fault, type InputOf, jobs, type OutputOf } from '@ganglion/contracts';
import { encodeFault, inTrace, parseWire, TRACE_HEADER } from '@ganglion/messaging';
import type { Msg } from '@nats-io/nats-core';
import type { NodeLog } from './log.js';

type Verb = keyof typeof jobs;

/** One handler per order that a node can get. */
export type JobHandlers = {
  [V in Verb]: (input: InputOf<(typeof jobs)[V]>) => Promise<OutputOf<(typeof jobs)[V]>>;
};

const isVerb = (verb: string): verb is Verb => Object.hasOwn(jobs, verb);

/** A reply-to is chosen by whoever asks; replies go to inboxes and nowhere else. */
const isInbox = (replyTo: string | undefined): boolean => replyTo?.startsWith('_INBOX.') === true;

/** Answers one order: its output, or the fault. Never throws; an order without an inbox to answer to is not heeded. */
export const answerJob = async (msg: Msg, handlers: JobHandlers, log: NodeLog): Promise<void> => {
  if (!isInbox(msg.reply)) {
    log('warn', 'ignored an order that asks to be answered outside an inbox', { subject: msg.subject });
    return;
  }
  const verb = msg.subject.split('.').at(-1) ?? '';
  try {
    const output = await inTrace(msg.headers?.get(TRACE_HEADER) ?? '', () => carryOut(verb, msg, handlers));
    msg.respond(JSON.stringify(output));
  } catch (error) {
    if (!(error instanceof Fault)) {
      const stack = error instanceof Error ? error.stack : String(error);
      log('error', 'an order failed', { verb, error: stack });
    }
    const fault =
      error instanceof Fault ? error : new Fault('INTERNAL', 'an internal error of the node; it was logged');
    const { data, options } = encodeFault(fault);
    msg.respond(data, options);
  }
};

const carryOut = (verb: string, msg: Msg, handlers: JobHandlers): Promise<unknown> => {
  if (!isVerb(verb))
    throw new Fault('INVALID', `${verb}: this node knows only ${Object.keys(jobs).join(', ')}`);
  const handle = handlers[verb] as (input: unknown) => Promise<unknown>;
  return handle(parseWire(jobs[verb].input, msg));
};
