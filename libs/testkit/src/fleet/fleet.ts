import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSeed, readIdentity } from '@ganglion/node';
import { eventually } from '../eventually.js';
import type { Network } from '../network.js';
import type { FleetFile } from './fleet-file.js';
import type { NodePlan } from './fleet-plan.js';

// The program is a built file, also for those who run this from source.
const program = fileURLToPath(new URL('../../dist/fleet/fleet-program.js', import.meta.url));

/** What the services are told when a fleet knocks from one address; nothing else differs from a network's defaults. */
export const fleetEnv = {
  router: { JOINS_PER_MINUTE: '6000' },
  cognitive: { AUDIT_RATE: '0.02', AUDIT_TOLERANCES: '{"fleet":{"evidence":16,"gap":1}}' },
};

/** Starts a fleet's nodes in so many processes, and resolves with their plans by node id when all have joined. */
export const startFleet = async (
  network: Network,
  plans: readonly NodePlan[],
  { processes = 1, timeoutMs = 120_000, signal }: FleetOptions = {},
): Promise<Map<string, NodePlan>> => {
  const nodes = plans.map((plan) => ({ key: new TextDecoder().decode(createSeed()), plan }));
  const shares = Array.from({ length: processes }, (_, process) =>
    nodes.filter((_, at) => at % processes === process),
  );
  await Promise.all(shares.map((share, at) => startProcess(network, `fleet-${at + 1}`, share)));
  const ids = new Map(
    nodes.map(({ key, plan }) => [readIdentity(new TextEncoder().encode(key)).nodeId, plan]),
  );
  await eventually(() => knowsAll(network, ids), { timeoutMs, everyMs: 500, signal });
  return ids;
};

export interface FleetOptions {
  processes?: number;
  /** Until when all of them have to be known. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

const startProcess = async (network: Network, name: string, share: FleetFile): Promise<void> => {
  const folder = join(network.dataDir, 'miners', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'fleet.json');
  await writeFile(file, JSON.stringify(share), { mode: 0o600 });
  await network.addMiner({ name, program, slots: 2, env: { FLEET_FILE: file } });
};

const knowsAll = async (network: Network, ids: ReadonlyMap<string, NodePlan>): Promise<void> => {
  let known = 0;
  let cursor: string | null = null;
  do {
    const page: { items: { nodeId: string }[]; nextCursor: string | null } = await network.ask(
      `/v1/nodes?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    known += page.items.filter(({ nodeId }) => ids.has(nodeId)).length;
    cursor = page.nextCursor;
  } while (cursor !== null);
  if (known < ids.size) throw new Error(`${known} of ${ids.size} nodes have joined`);
};
