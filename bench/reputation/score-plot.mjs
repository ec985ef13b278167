/** Draws scores over days as an SVG, small enough to be committed. */

const WIDTH = 760;
const HEIGHT = 340;
const LEFT = 44;
const RIGHT = 16;
const TOP = 34;
const BOTTOM = 112;
const COLOURS = ['#16a34a', '#dc2626', '#2563eb', '#d97706', '#7c3aed', '#0891b2'];

/** @param {{ title: string, series: { name: string, values: number[] }[] }} plot one value a day, each 0 to 1 */
export function scorePlot({ title, series }) {
  const days = Math.max(...series.map(({ values }) => values.length));
  const toX = (day) => round(LEFT + (day / Math.max(1, days - 1)) * (WIDTH - LEFT - RIGHT));
  const toY = (score) => round(TOP + (1 - score) * (HEIGHT - TOP - BOTTOM));
  const parts = [`<text x="${LEFT}" y="18" font-weight="600">${title}</text>`];
  for (const score of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const y = toY(score);
    parts.push(`<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#e5e7eb"/>`);
    parts.push(`<text x="${LEFT - 6}" y="${y + 4}" text-anchor="end" fill="#4b5563">${score}</text>`);
  }
  for (let day = 0; day < days; day += 5)
    parts.push(
      `<text x="${toX(day)}" y="${toY(0) + 18}" text-anchor="middle" fill="#4b5563">${day + 1}</text>`,
    );
  parts.push(`<text x="${WIDTH - RIGHT}" y="${toY(0) + 18}" text-anchor="end" fill="#4b5563">day</text>`);
  for (const [at, { name, values }] of series.entries()) {
    const line = values.map((score, day) => `${toX(day)},${toY(score)}`).join(' ');
    parts.push(`<polyline points="${line}" fill="none" stroke="${COLOURS[at]}" stroke-width="1.8"/>`);
    const x = LEFT + (at % 2) * 350;
    const y = HEIGHT - 62 + Math.floor(at / 2) * 20;
    parts.push(`<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${COLOURS[at]}"/>`);
    parts.push(`<text x="${x + 16}" y="${y}" fill="#111827">${name}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

const round = (value) => Math.round(value * 10) / 10;
