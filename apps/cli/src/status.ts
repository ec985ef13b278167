import type { NodeView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import type { Command } from 'commander';
import { exitCode } from './command-error.js';
import { connect, findConnection, type GlobalOptions } from './connection.js';
import { allNodes } from './nodes.js';
import { paint, print, table, type Terminal } from './terminal.js';

/** `ganglion status`: is the network ready, which models does it have, how are its nodes. Exit 1 if it is not ready. */
export const addStatus = (program: Command, terminal: Terminal): void => {
  program
    .command('status')
    .description('show whether the network is ready, its models and its nodes')
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const ganglion = connect(options);
      const readiness = await ganglion.ready();
      const facts = readiness.ready
        ? { models: await ganglion.models(), nodes: await allNodes(ganglion) }
        : { models: [], nodes: [] };
      if (!readiness.ready) terminal.exitCode = exitCode.no;
      const { url } = findConnection(options);
      if (options.json) return print(terminal, JSON.stringify({ url, ...readiness, ...facts }));
      show(terminal, { url, ...readiness, ...facts });
    });
};

interface Facts {
  readonly url: string;
  readonly ready: boolean;
  readonly checks: Record<string, boolean>;
  readonly models: Awaited<ReturnType<Ganglion['models']>>;
  readonly nodes: NodeView[];
}

const show = (terminal: Terminal, { url, ready, checks, models, nodes }: Facts): void => {
  const state = ready ? paint(terminal, 'green', 'ready') : paint(terminal, 'red', 'not ready');
  print(terminal, `${paint(terminal, 'bold', url)}  ${state}`);
  for (const [name, isUp] of Object.entries(checks))
    if (!isUp) print(terminal, `  ${paint(terminal, 'red', '✗')} ${name} does not answer`);
  if (!ready) return;
  print(terminal, '');
  const modelRows = models.map(({ id, contextLength, nodes: count, aliases }) => [
    id,
    `${contextLength} tokens`,
    `${count} nodes`,
    aliases.join(', '),
  ]);
  for (const line of table([['MODEL', 'CONTEXT', 'SERVED BY', 'ALIASES'], ...modelRows]))
    print(terminal, line);
  print(terminal, '');
  const nodeRows = nodes.map(({ nodeId, state: at, model, tokensPerSecond, score, reason }) => [
    `${nodeId.slice(0, 10)}…`,
    at,
    model,
    tokensPerSecond === null ? '-' : tokensPerSecond.toFixed(1),
    score === null ? '-' : score.toFixed(2),
    reason?.message ?? '',
  ]);
  for (const line of table([['NODE', 'STATE', 'MODEL', 'TOKENS/S', 'SCORE', 'REASON'], ...nodeRows]))
    print(terminal, line);
};
