/** The figures of docs/fleet.md as a Markdown table, a line for each kind of node. */

const TITLES = [
  'kind',
  'nodes',
  'out',
  'rounds until out',
  'seconds until out',
  'in service',
  'grants',
  'in service at the end',
];

/** @param figures as `fleetFigures` gives them */
export function fleetTable({ kinds }) {
  const rows = kinds.map((of) => [
    of.kind,
    String(of.nodes),
    String(of.out),
    spread(of.roundsUntilOut, 0),
    spread(of.secondsUntilOut, 1),
    percent(of.serviceShareAfter),
    percent(of.grantedShare),
    `${of.inServiceAtEnd} of ${of.nodes}`,
  ]);
  const widths = TITLES.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(TITLES), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function spread(values, digits) {
  return values ? `${values.median.toFixed(digits)} (${values.most.toFixed(digits)})` : '';
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
