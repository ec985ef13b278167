import { Fault } from '@ganglion/contracts';

/** What the modules name plainly stands in a client's request under `ganglion`. */
const named: Readonly<Record<string, string>> = {
  sessionId: 'ganglion.sessionId',
  redundancy: 'ganglion.redundancy',
  verify: 'ganglion.verify',
};

/** Throws a module's refusal of a submission again, its field named as the client wrote it. */
export const inClientsWords =
  ({ sessionId }: { sessionId?: string | undefined }) =>
  (error: unknown): never => {
    if (!(error instanceof Fault)) throw error;
    const { field } = error.details ?? {};
    const isInPath = field === 'sessionId' && sessionId !== undefined;
    const name = typeof field === 'string' && Object.hasOwn(named, field) ? named[field] : undefined;
    if (name === undefined || isInPath) throw error;
    const message = error.message.replace(new RegExp(`^${String(field)}:`), `${name}:`);
    throw new Fault(error.code, message, { ...error.details, field: name });
  };
