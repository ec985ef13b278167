/**
 * Reasons for which a task ends without an answer that are not its node's doing: the request itself could not run, the
 * network lost its own memory of the stream, or somebody wanted it to end. Everything else is the node's: it was given
 * a task that others of its model can do, and did not do it.
 */
const notTheNodes = new Set([
  'cancelled',
  'expired',
  'invalid_request',
  'offer_unsettled',
  'reveal_unwanted',
  'session_closed',
  'stream_lost',
]);

/** Does a task that ended for this reason count against the node that had it? */
export const isNodesFault = (code: string): boolean => !notTheNodes.has(code);

/** Does this reason prove that the node misbehaved, however busy it was? */
export const isProof = (code: string): boolean => code === 'answer_rejected';
