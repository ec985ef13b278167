import type { LevelChange, ScoreExplanation, ScoreView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import type { Command } from 'commander';
import { connect, type GlobalOptions } from './connection.js';
import { paint, print, table, type Terminal } from './terminal.js';

/** Changes of level that are shown of a node. */
const NEWEST = 10;

/** `ganglion reputation [node]`: what nodes have earned; of one also why. */
export const addReputation = (program: Command, terminal: Terminal): void => {
  program
    .command('reputation')
    .argument('[node]', "a node's id; without it all nodes are listed")
    .option('--explain', 'show every term of its score')
    .description('show scores and levels of nodes, and what they come from')
    .action(async (nodeId: string | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { explain?: boolean }>();
      const ganglion = connect(options);
      if (nodeId === undefined) {
        if (options.explain) command.error('error: --explain needs a node');
        const nodes = await allScores(ganglion);
        return options.json ? print(terminal, JSON.stringify(nodes)) : list(terminal, nodes);
      }
      if (options.explain) {
        const told = await ganglion.reputation.explain(nodeId);
        return options.json ? print(terminal, JSON.stringify(told)) : explain(terminal, told);
      }
      const view = await ganglion.reputation.get(nodeId);
      const { items } = await ganglion.reputation.history(nodeId, { limit: NEWEST });
      if (options.json) return print(terminal, JSON.stringify({ ...view, changes: items }));
      show(terminal, view, items);
    });
};

const allScores = async (ganglion: Ganglion): Promise<ScoreView[]> => {
  const nodes: ScoreView[] = [];
  let cursor: string | undefined;
  do {
    const page = await ganglion.reputation.list({ limit: 200, ...(cursor ? { cursor } : {}) });
    nodes.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return nodes;
};

const figure = (value: number | null | undefined, digits = 2): string => value?.toFixed(digits) ?? '-';

const list = (terminal: Terminal, nodes: readonly ScoreView[]): void => {
  const head = ['NODE', 'SCORE', 'LEVEL', 'CORRECT', 'AVAILABLE', 'FAST', 'ACCEPTED', 'REJECTED', 'LOST'];
  const rows = [...nodes]
    .sort((a, b) => b.score - a.score)
    .map(({ nodeId, score, level, axes, tasks }) => [
      nodeId,
      figure(score),
      figure(level, 0),
      figure(axes?.correct),
      figure(axes?.available),
      figure(axes?.fast),
      ...[tasks.accepted, tasks.rejected, tasks.lost].map(String),
    ]);
  for (const line of table([head, ...rows])) print(terminal, line);
};

const show = (terminal: Terminal, view: ScoreView, changes: readonly LevelChange[]): void => {
  list(terminal, [view]);
  print(terminal, '');
  const phases = view.phases.map(({ phase, total, succeeded }) => [phase, `${succeeded} of ${total}`]);
  for (const line of table([['PHASE', 'SUCCEEDED'], ...phases])) print(terminal, line);
  if (changes.length === 0) return;
  print(terminal, '');
  const rows = changes.map(({ at, from, to, reason }) => [at, `${from} → ${to}`, reason.message]);
  for (const line of table([['AT', 'LEVEL', 'REASON'], ...rows])) print(terminal, line);
};

const explain = (terminal: Terminal, { score, formula, axes, level }: ScoreExplanation): void => {
  print(terminal, `${paint(terminal, 'bold', `score ${figure(score, 4)}`)} = ${formula}`);
  for (const { axis, value, formula: how, terms } of axes) {
    print(terminal, '');
    print(terminal, `${paint(terminal, 'bold', `${axis} ${figure(value, 4)}`)} = ${how}`);
    const rows = terms
      .filter(({ amount }) => amount !== 0)
      .map(({ sum, phase, amount, weight, value: adds }) => [
        `  ${sum}`,
        phase ?? '',
        figure(amount, 3),
        `× ${weight}`,
        `= ${figure(adds, 3)}`,
      ]);
    for (const line of table([['  ADDS TO', 'PHASE', 'AMOUNT', 'WEIGHT', 'VALUE'], ...rows]))
      print(terminal, line);
  }
  print(terminal, '');
  const next =
    level.needed === null ? 'the highest' : `${level.streak} of ${level.needed} successes to the next`;
  print(terminal, `${paint(terminal, 'bold', `level ${level.level}`)}, ${next}`);
};
