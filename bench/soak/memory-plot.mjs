/** Draws memory over time as an SVG, small enough to be committed. */

const WIDTH = 760;
const PANEL = 220;
const LEFT = 64;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 40;
const COLOURS = ['#2563eb', '#d97706'];
/** More points are averaged: they would be less than a pixel apart. */
const MOST_POINTS = 300;

/**
 * @param {{ title: string, xLabel: string, series: { name: string, points: { x: number, y: number }[] }[] }[]} panels
 *   y in bytes
 */
export function memoryPlot(panels) {
  const height = panels.length * PANEL;
  const body = panels
    .map((panel, at) => `<g transform="translate(0 ${at * PANEL})">${draw(panel)}</g>`)
    .join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${body}
</svg>
`;
}

function draw({ title, xLabel, series }) {
  const all = series.flatMap(({ points }) => points);
  const xMost = Math.max(1, ...all.map(({ x }) => x));
  const step = stepFor(Math.max(1e6, ...all.map(({ y }) => y)) / 1e6);
  const yMost = Math.ceil((1.05 * Math.max(...all.map(({ y }) => y))) / 1e6 / step) * step;
  const toX = (x) => LEFT + (x / xMost) * (WIDTH - LEFT - RIGHT);
  const toY = (megabytes) => TOP + (1 - megabytes / yMost) * (PANEL - TOP - BOTTOM);
  const parts = [`<text x="${LEFT}" y="16" font-weight="600">${title}</text>`];
  for (let megabytes = 0; megabytes <= yMost; megabytes += step) {
    const y = round(toY(megabytes));
    parts.push(`<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#e5e7eb"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end" fill="#4b5563">${megabytes} MB</text>`);
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const x = round(toX(share * xMost));
    const anchor = share === 1 ? 'end' : 'middle';
    const label = Math.round(share * xMost).toLocaleString('en');
    parts.push(
      `<text x="${x}" y="${PANEL - BOTTOM + 16}" text-anchor="${anchor}" fill="#4b5563">${label}</text>`,
    );
  }
  parts.push(
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${PANEL - 8}" text-anchor="middle" fill="#4b5563">${xLabel}</text>`,
  );
  for (const [at, { name, points }] of series.entries()) {
    const line = thinned(points).map(({ x, y }) => `${round(toX(x))},${round(toY(y / 1e6))}`);
    parts.push(
      `<polyline points="${line.join(' ')}" fill="none" stroke="${COLOURS[at]}" stroke-width="1.5"/>`,
    );
    parts.push(
      `<text x="${WIDTH - RIGHT}" y="${16 + 14 * at - 2}" text-anchor="end" fill="${COLOURS[at]}">${name}</text>`,
    );
  }
  return parts.join('\n');
}

/** A round number of megabytes, so that about four lines are drawn. */
function stepFor(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

function thinned(points) {
  const size = Math.ceil(points.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, at) =>
    points.slice(at * size, (at + 1) * size),
  );
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return groups.map((group) => ({ x: mean(group.map(({ x }) => x)), y: mean(group.map(({ y }) => y)) }));
}

const round = (value) => Math.round(value * 10) / 10;
