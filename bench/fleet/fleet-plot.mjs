/** Draws what states a fleet's nodes were in over time as an SVG, small enough to be committed. */
import { isInService, staysOf, stateAt } from '../../libs/testkit/dist/index.js';

const WIDTH = 760;
const PANEL = 250;
const LEFT = 48;
const RIGHT = 150;
const TOP = 34;
const BOTTOM = 40;
const POINTS = 240;

const STATES = {
  EPHEMERAL: ['free', '#16a34a'],
  RESERVED: ['reserved', '#2563eb'],
  TESTING: ['in their test', '#facc15'],
  OFFLINE: ['offline', '#9ca3af'],
  QUARANTINED: ['put away', '#dc2626'],
};
const KINDS = {
  honest: ['honest', '#16a34a'],
  slow: ['slow', '#d97706'],
  flapping: ['flapping', '#7c3aed'],
  lying: ['lying', '#dc2626'],
  broken: ['broken', '#111827'],
};

/** @param {{ history: object, plans: Map<string, { kind: string }>, from: number, until: number }} run */
export function fleetPlot({ history, plans, from, until }) {
  const stays = staysOf(history.moves, until);
  const begun = Math.min(from, ...[...stays.values()].map(([first]) => first.from));
  const times = Array.from({ length: POINTS + 1 }, (_, at) => begun + (at / POINTS) * (until - begun));
  const states = times.map((time) => [...stays.values()].map((own) => stateAt(own, time)));
  const count = (wanted) => states.map((all) => all.filter((state) => state === wanted).length);
  const share = (kind) => {
    const ids = [...plans].filter(([, plan]) => plan.kind === kind).map(([id]) => id);
    return times.map((time) => {
      const serving = ids.filter((id) => isInService(stateAt(stays.get(id) ?? [], time) ?? ''));
      return serving.length / Math.max(1, ids.length);
    });
  };
  const seconds = (until - begun) / 1_000;
  const body = [
    panel({ title: `States of ${plans.size} nodes`, yMost: plans.size, unit: '', seconds }, [
      ...stacked(
        Object.entries(STATES).map(([state, [name, colour]]) => ({ name, colour, values: count(state) })),
      ),
    ]),
    panel({ title: 'Of each kind, the share that is free or reserved', yMost: 1, unit: '%', seconds }, [
      ...Object.entries(KINDS).map(([kind, [name, colour]]) => ({ name, colour, values: share(kind) })),
    ]),
  ];
  const groups = body.map((drawn, at) => `<g transform="translate(0 ${at * PANEL})">${drawn}</g>`);
  const size = `viewBox="0 0 ${WIDTH} ${2 * PANEL}" width="${WIDTH}" height="${2 * PANEL}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="system-ui, sans-serif" font-size="12">
<rect width="${WIDTH}" height="${2 * PANEL}" fill="#ffffff"/>
${groups.join('\n')}
</svg>
`;
}

/** Each layer from the top of the one below it. */
function stacked(layers) {
  let floor = Array.from({ length: POINTS + 1 }, () => 0);
  return layers.map((layer) => {
    const values = layer.values.map((value, at) => value + floor[at]);
    const drawn = { ...layer, values, floor };
    floor = values;
    return drawn;
  });
}

function panel({ title, yMost, unit, seconds }, series) {
  const toX = (at) => round(LEFT + (at / POINTS) * (WIDTH - LEFT - RIGHT));
  const toY = (value) => round(TOP + (1 - value / yMost) * (PANEL - TOP - BOTTOM));
  const parts = [`<text x="${LEFT}" y="16" font-weight="600">${title}</text>`];
  for (const [at, { name, colour, values, floor }] of series.entries()) {
    const line = values.map((value, x) => `${toX(x)},${toY(value)}`);
    const back = floor?.map((value, x) => `${toX(x)},${toY(value)}`).reverse();
    parts.push(
      back
        ? `<polygon points="${[...line, ...back].join(' ')}" fill="${colour}"/>`
        : `<polyline points="${line.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"/>`,
    );
    const y = TOP + 18 * at;
    parts.push(`<rect x="${WIDTH - RIGHT + 14}" y="${y}" width="10" height="10" fill="${colour}"/>`);
    parts.push(`<text x="${WIDTH - RIGHT + 30}" y="${y + 10}" fill="#111827">${name}</text>`);
  }
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const y = toY(part * yMost);
    const label = unit === '%' ? `${100 * part} %` : Math.round(part * yMost);
    parts.push(
      `<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" stroke="#e5e7eb" stroke-opacity="0.6"/>`,
    );
    parts.push(`<text x="${LEFT - 6}" y="${y + 4}" text-anchor="end" fill="#4b5563">${label}</text>`);
    const time = `${Math.round(part * seconds)} s`;
    const x = toX(part * POINTS);
    parts.push(
      `<text x="${x}" y="${PANEL - BOTTOM + 18}" text-anchor="middle" fill="#4b5563">${time}</text>`,
    );
  }
  return parts.join('\n');
}

function round(value) {
  return Math.round(value * 10) / 10;
}
