import type { NodeView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import type { Command } from 'commander';
import { connect, type GlobalOptions } from './connection.js';
import { paint, print, table, type Terminal } from './terminal.js';

type NodeDetails = Awaited<ReturnType<Ganglion['node']>>;

/** Moves that are shown of a node. */
const LATEST = 10;
const GIB = 2 ** 30;

/** `ganglion nodes [node]`: what nodes say of themselves, and what tests have shown. */
export const addNodes = (program: Command, terminal: Terminal): void => {
  program
    .command('nodes')
    .argument('[node]', "a node's id; without it all nodes are listed")
    .description('show nodes: their state, what they declare, and what tests have verified')
    .action(async (nodeId: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const ganglion = connect(options);
      if (nodeId !== undefined) {
        const node = await ganglion.node(nodeId);
        return options.json ? print(terminal, JSON.stringify(node)) : show(terminal, node);
      }
      const nodes = await allNodes(ganglion);
      return options.json ? print(terminal, JSON.stringify(nodes)) : list(terminal, nodes);
    });
};

/** Every node of the network, in the order of their ids. */
export const allNodes = async (ganglion: Ganglion): Promise<NodeView[]> => {
  const nodes: NodeView[] = [];
  let cursor: string | undefined;
  do {
    const page = await ganglion.nodes({ limit: 200, ...(cursor ? { cursor } : {}) });
    nodes.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return nodes;
};

const figure = (value: number | null | undefined, digits = 1): string => value?.toFixed(digits) ?? '-';

const list = (terminal: Terminal, nodes: readonly NodeView[]): void => {
  const head = ['NODE', 'STATE', 'MODEL', 'SLOTS', 'DECODE/S', 'PREFILL/S', 'FIRST TOKEN', 'SCORE', 'TESTED'];
  const rows = nodes.map((node) => [
    node.nodeId,
    node.state,
    node.model,
    String(node.slots),
    figure(node.verified?.decodeTokensPerSecond ?? node.tokensPerSecond),
    figure(node.verified?.prefillTokensPerSecond, 0),
    node.verified?.ttftMs == null ? '-' : `${figure(node.verified.ttftMs, 0)} ms`,
    figure(node.score, 2),
    node.testedAt ?? 'never',
  ]);
  for (const line of table([head, ...rows])) print(terminal, line);
};

const show = (terminal: Terminal, node: NodeDetails): void => {
  const { declared, verified } = node;
  print(terminal, `${paint(terminal, 'bold', node.nodeId)}  ${node.state}`);
  if (node.reason) print(terminal, node.reason.message);
  print(terminal, '');
  const declares = declared
    ? [
        ['processor', `${declared.cpu}, ${declared.cores} cores${declared.isa ? `, ${declared.isa}` : ''}`],
        ['memory', `${figure(declared.memoryBytes / GIB)} GiB`],
        ['slots', String(declared.slots)],
        ['model', `${node.model} (${node.modelDigest.slice(0, 12)}…)`],
      ]
    : [];
  const shown = verified
    ? [
        ['decode', `${figure(verified.decodeTokensPerSecond)} tokens/s`],
        ['prefill', `${figure(verified.prefillTokensPerSecond, 0)} tokens/s`],
        ['first token', `${figure(verified.ttftMs, 0)} ms`],
        ['measured', `${verified.measuredAt}, median of ${verified.tests} tests`],
      ]
    : [['nothing', 'no test has measured it yet']];
  for (const line of table([['DECLARED', ''], ...declares])) print(terminal, line);
  print(terminal, '');
  for (const line of table([['VERIFIED', ''], ...shown])) print(terminal, line);
  print(terminal, '');
  const moves = node.history.slice(-LATEST).map(({ at, state, reason }) => [at, state, reason ?? '']);
  for (const line of table([['AT', 'STATE', 'REASON'], ...moves])) print(terminal, line);
};
