import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Challenge, cognitive, type Request } from '@ganglion/contracts';
import { connectBus, parseCredentials } from '@ganglion/messaging';
import { eventually, type Network, type NetworkAddress, type Program } from '@ganglion/testkit';
import type { z } from 'zod';
import { rowsOf } from './rows.fixture.js';

/** What cognitive knows of the oracle that leads. */
export interface Leader {
  epoch: number;
  oracleId: string;
  seenAt: Date;
}

export const leaderOf = async (network: NetworkAddress): Promise<Leader> => {
  const [leader] = await rowsOf<Leader>(
    network,
    'SELECT epoch, "oracleId", "seenAt" FROM cognitive."Leader"',
  );
  if (!leader) throw new Error('no oracle has been heard yet');
  return leader;
};

/** The process that leads, and what cognitive knows of it. */
export const leadingProgram = (network: Network): Promise<Leader & { program: Program; name: string }> =>
  eventually(async () => {
    const leader = await leaderOf(network);
    const name = ['oracle', 'oracle-2'].find((each) => tellsOf(network, each, leader.epoch));
    const program = name && (network.processes.get(name) as Program);
    if (!name || !program || !program.isRunning) throw new Error(`nobody leads with epoch ${leader.epoch}`);
    return { ...leader, program, name };
  });

const tellsOf = (network: Network, name: string, epoch: number): boolean => {
  const log = network.logs(name);
  // In quotes: others are told who leads too, and say so.
  const at = log.lastIndexOf(`"leads with epoch ${epoch}"`);
  return at >= 0 && log.indexOf('no longer leads', at) < 0;
};

/** What an oracle has said since it began to lead with an epoch. */
export const saidSince = (network: Network, name: string, epoch: number): string => {
  const log = network.logs(name);
  return log.slice(log.lastIndexOf(`"leads with epoch ${epoch}"`));
};

/** A round that the late moves are about. */
export interface MovedRound {
  model: string;
  modelDigest: string;
  nodeIds: string[];
  taskIds: string[];
}

const challenge: Challenge = { prompt: 'Who leads?', answer: 'I do', maxTokens: 4 };
const measured = { ttftMs: 1, tokensPerSecond: 1, durationMs: 1 };

/** Makes each move of an oracle, with an oracle's rights, as one that led before; the codes it is refused with. */
export const lateMoves = async (
  network: NetworkAddress,
  { epoch, oracleId }: Leader,
  { model, modelDigest, nodeIds, taskIds }: MovedRound,
): Promise<Record<string, string>> => {
  const creds = readFileSync(join(network.dataDir, 'secrets', 'oracle', 'nats.creds'), 'utf8');
  const bus = await connectBus({
    servers: network.natsUrl,
    name: 'oracle',
    credentials: parseCredentials(creds),
  });
  const codes: Record<string, string> = {};
  const move = async <R extends Request>(name: string, message: R, input: z.input<R['input']>) => {
    codes[name] = await bus.request(message, input).then(
      () => 'taken',
      (error: { code?: string }) => error.code ?? String(error),
    );
  };
  try {
    await move('tick', cognitive.tick, { epoch, oracleId });
    await move('open', cognitive.open, { epoch, oracleId, model, modelDigest, nodeIds, challenge });
    await move('timed', cognitive.timed, { epoch, taskId: taskIds[0]!, nodeId: nodeIds[0]!, measured });
    await move('probed', cognitive.probed, { epoch, probes: [{ nodeId: nodeIds[0]!, rttMs: 1 }] });
    return codes;
  } finally {
    await bus.close();
  }
};
