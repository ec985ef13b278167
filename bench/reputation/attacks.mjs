#!/usr/bin/env node
/**
 * Plays attackers against the score: 24 honest machines, 6 of one attacker, 30 days, each three times. Writes the table
 * and the plot of docs/reputation.md. Seeded: the same figures come out on every machine.
 *
 *     npm run bench:reputation -- [--check]
 *
 * --check writes nothing and exits with 1 when table or plot is not what is committed; 2 is wrong use.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { strategies } from '../../apps/reputation/dist/attack.fixture.js';
import { Fleet } from '../../apps/reputation/dist/fleet.fixture.js';
import { scorePlot } from './score-plot.mjs';

const DAYS = 30;
const SEEDS = [1, 2, 3];
const SELECTIONS = ['random', 'success-rate', 'score', 'score-fifth', 'score-alone'];
const PLOTTED = {
  often: 'lies in 10 %',
  seldom: 'lies in 1 %',
  onOff: 'on–off by its standing',
  weekly: 'on–off by the week',
  whitewasher: 'whitewasher (its identity of the day)',
};
const [BEGIN, END] = ['<!-- attacks -->', '<!-- /attacks -->'];
const page = new URL('../../docs/reputation.md', import.meta.url);
const picture = new URL('../../docs/reputation-attacks.svg', import.meta.url);

const isCheck = readOptions();
const outcomes = new Map();
for (const [name, strategy] of Object.entries(strategies)) {
  outcomes.set(name, new Map());
  for (const selection of SELECTIONS) {
    const runs = SEEDS.map((seed) => new Fleet({ strategy, selection, days: DAYS, seed }).play());
    outcomes.get(name).set(selection, runs);
  }
  process.stderr.write(`${strategy.name}\n`);
}

const before = readFileSync(page, 'utf8');
const [head, rest] = before.split(BEGIN);
const tail = rest?.split(END)[1];
if (tail === undefined) throw new Error(`docs/reputation.md: ${BEGIN} … ${END} is missing`);
const after = `${head}${BEGIN}\n\n${table().join('\n')}\n\n${END}${tail}`;
const drawn = plot();
if (!isCheck) {
  writeFileSync(page, after);
  writeFileSync(picture, drawn);
} else if (after !== before || drawn !== readFileSync(picture, 'utf8')) {
  process.stderr.write('docs/reputation.md is not current; run `npm run bench:reputation`\n');
  process.exitCode = 1;
}

function table() {
  const rows = Object.entries(strategies).map(([name, strategy]) => {
    const of = (selection, figure) => mean(outcomes.get(name).get(selection).map(figure));
    const cells = SELECTIONS.map(
      (selection) => `${percent(of(selection, share))} / ${of(selection, harm).toFixed(1)}`,
    );
    const last = (figure) => of('score', ({ days }) => figure(days.at(-1)));
    const scores = `${last((day) => day.attackerScore).toFixed(2)} / ${last((day) => day.honestScore).toFixed(2)}`;
    const level = last((day) => day.attackerLevel).toFixed(1);
    const identities = Math.round(of('score', (outcome) => outcome.identities));
    return [strategy.name, ...cells, scores, level, String(identities)];
  });
  const titles = [
    'the attacker',
    'drawn at random',
    'by success rate',
    'by score',
    'by score, a fifth for newcomers',
    'by score, no share for newcomers',
    'its score / the honest',
    'its level',
    'identities',
  ];
  return aligned([titles, ...rows]);
}

/** A table as the formatter wants it. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)];
}

function plot() {
  const daily = (name, figure) => outcomes.get(name).get('score')[0].days.map(figure);
  return scorePlot({
    title: 'Mean score by day, nodes chosen by score with a share for newcomers',
    series: [
      { name: 'honest nodes, beside a 10 % liar', values: daily('often', (day) => day.honestScore) },
      ...Object.entries(PLOTTED).map(([name, label]) => ({
        name: label,
        values: daily(name, (day) => day.attackerScore),
      })),
    ],
  });
}

function share({ attackerTasks, tasks }) {
  return attackerTasks / tasks;
}

function harm({ wrong, tasks }) {
  return (1_000 * wrong) / tasks;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}

function readOptions() {
  try {
    return parseArgs({ options: { check: { type: 'boolean', default: false } } }).values.check;
  } catch (error) {
    process.stderr.write(`attacks: ${error.message}\n`);
    return process.exit(2);
  }
}
