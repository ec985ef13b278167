import { parseArgs } from 'node:util';
import { Clock, databaseUrl } from '@ganglion/runtime';
import { ReputationDatabase } from './database.store.js';
import type { Difference } from './figures.js';
import { RecountStore } from './recount.store.js';

const USAGE = `Counts nodes anew from the events that were heard of them (from a node's snapshot, where events were trimmed).

  rebuild [--node <id>]           replaces figures that differ from the recount; what the counts of sessions and nodes
                                  do not agree on is told, and stays (exit code 1)
  rebuild --check [--node <id>]   replaces nothing; exits with 1 when a figure differs by as little as a bit

Environment: DATABASE_URL, SECRETS_DIR (database.password).
`;

const run = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      node: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const database = new ReputationDatabase(databaseUrl());
  try {
    return await recount(new RecountStore(database, new Clock()), values);
  } finally {
    await database.client.$disconnect();
  }
};

const recount = async (
  store: RecountStore,
  { check: isCheck, node }: { check: boolean; node?: string | undefined },
): Promise<number> => {
  const nodes = node === undefined ? await store.nodes() : [node];
  let different = 0;
  for (const nodeId of nodes) {
    const found = isCheck ? await store.check(nodeId) : await store.rebuild(nodeId);
    if (found.length > 0) different++;
    for (const difference of found) process.stdout.write(`${lineOf(difference)}\n`);
  }
  const sums = node === undefined ? await store.checkSessions() : [];
  for (const difference of sums) process.stdout.write(`${lineOf(difference)}\n`);
  const verb = isCheck ? 'differ' : 'differed, and were counted anew';
  process.stdout.write(`${different} of ${nodes.length} nodes ${verb}\n`);
  return sums.length > 0 || (isCheck && different > 0) ? 1 : 0;
};

const lineOf = ({ of, figure, stored, recounted }: Difference): string =>
  `${of} ${figure}: stored ${stored}, recounted ${recounted}`;

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`rebuild: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
