import { Fault, faultBody, inboxPrefix } from '@ganglion/contracts';
import type { Msg, MsgHdrs } from '@nats-io/nats-core';
import { headers } from '@nats-io/nats-core';
import type { z } from 'zod';
import { TRACE_HEADER } from './trace.js';

/** Present on a reply that is a fault: its code. The body is `{code, message, details}`. */
const FAULT_HEADER = 'Fault';

const ANY_INBOX = inboxPrefix('');

/** Parses JSON bytes by a schema; everything else about a message is trusted after this. */
export const parseWire = <T extends z.ZodType>(schema: T, msg: Pick<Msg, 'json' | 'subject'>): z.infer<T> => {
  let value: unknown;
  try {
    value = msg.json();
  } catch {
    throw new Fault('INVALID', `${msg.subject}: the message is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw Fault.fromZod(parsed.error, msg.subject);
  return parsed.data;
};

/** Reads a reply: its output, or the fault it carries. */
export const parseReply = <T extends z.ZodType>(schema: T, msg: Msg): z.infer<T> => {
  if (!msg.headers?.has(FAULT_HEADER)) return parseWire(schema, msg);
  throw Fault.fromBody(parseWire(faultBody, msg));
};

/** Headers of a request or event: the trace that it belongs to. */
export const traceHeaders = (trace: string): MsgHdrs => {
  const hdrs = headers();
  hdrs.set(TRACE_HEADER, trace);
  return hdrs;
};

export const encodeFault = (fault: Fault): { data: string; options: { headers: MsgHdrs } } => {
  const hdrs = headers();
  hdrs.set(FAULT_HEADER, fault.code);
  return { data: JSON.stringify(fault.toBody()), options: { headers: hdrs } };
};

/**
 * May this reply-to be answered? A reply-to is chosen by whoever asks: a miner is answered below its own inbox
 * only, a module below any inbox, so that neither can make a service speak elsewhere.
 */
export const isOwnInbox = (replyTo: string | undefined, nodeId: string | undefined): boolean =>
  replyTo !== undefined && replyTo.startsWith(nodeId === undefined ? ANY_INBOX : `${inboxPrefix(nodeId)}.`);
