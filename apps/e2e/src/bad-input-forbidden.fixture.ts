import { jobs, moduleNames, modulePermissions } from '@ganglion/contracts';
import type { Bus } from '@ganglion/messaging';
import type { Connections } from './bad-input-connections.fixture.js';
import { subjectsOfCatalog } from './bad-input-requests.fixture.js';
import { inParallel, type Tally } from './bad-input-tally.fixture.js';

const ANSWER_MS = 60_000;

/** Does a pattern of permissions let a subject through? */
const covers = (pattern: string, subject: string): boolean => {
  const wanted = subject.split('.');
  const parts = pattern.split('.');
  return (
    parts.every((part, index) => part === '>' || part === '*' || part === wanted[index]) &&
    (parts.at(-1) === '>' ? wanted.length >= parts.length : wanted.length === parts.length)
  );
};

/** What nobody with the rights of a module or a miner may say: the broker itself refuses it. */
export const walkForbidden = async (
  { modules, miner, nodeId }: Connections,
  honestNode: string,
  tally: Tally,
): Promise<void> => {
  const everything = [
    ...subjectsOfCatalog(honestNode),
    ...Object.values(jobs).map(({ subject }) => subject.replace('*', honestNode)),
    `tok.queue.${'0'.repeat(8)}`,
    `tok.${honestNode}.task`,
    '$JS.API.STREAM.PURGE.EVENTS',
    '$JS.API.STREAM.DELETE.TOKENS',
    '$JS.API.STREAM.CREATE.X',
    '$JS.API.CONSUMER.DELETE.EVENTS.session-evt-session-queue-starved',
    '$KV.oracle-lease.leader',
    '$SYS.REQ.CLAIMS.UPDATE',
    'dead.word',
    '_INBOX.router.1',
  ];
  const own = (subject: string): boolean =>
    subject.startsWith(`node.${nodeId}.`) || subject.startsWith(`tok.${nodeId}.`);
  const tries: { bus: Bus; who: string; subject: string }[] = [
    ...everything
      .filter((subject) => !own(subject))
      .map((subject) => ({ bus: miner, who: 'a miner', subject })),
    ...moduleNames.flatMap((name) => {
      const { publish } = modulePermissions(name);
      const forbidden = everything.filter((subject) => !publish.some((pattern) => covers(pattern, subject)));
      return forbidden.map((subject) => ({ bus: modules[name], who: name, subject }));
    }),
  ];
  await inParallel(tries, 16, async ({ bus, who, subject }) => {
    const outcome = await bus.nats.request(subject, '{}', { timeout: ANSWER_MS }).then(
      () => 'answered',
      (error: Error) => (isViolation(error) ? 'refused' : error.message),
    );
    const offence = outcome === 'refused' ? undefined : outcome;
    tally.note({
      way: 'forbidden',
      what: `${who} on ${subject}`,
      outcome: offence ? 'got through' : outcome,
      offence,
    });
  });
};

const isViolation = (error: Error): boolean =>
  /permissions violation/i.test(
    `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`,
  );
