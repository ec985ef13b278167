/** What a soak has to show. Every check is a sentence and whether it holds. */
import { trendOf } from '../../libs/inference/dist/testing/trend.js';

/** The start, in which memory is taken for the first time. */
const WARM_UP = 0.1;
/** What memory may grow by, from the end of the start to the last request, along its trend. */
const GROWTH_ALLOWED = 8e6;
/** Of fewer requests the start, in which code is compiled too, is more than a tenth: their memory is not judged. */
const LEAST_REQUESTS = 5000;
/** What the parent may have more after the kills than after the first few. */
const PARENT_ALLOWED = 8e6;

/** The trend of one process's memory after the start, in bytes for one request. */
export function memoryTrend(samples, requests, process) {
  const points = samples
    .filter(({ done }) => done >= WARM_UP * requests)
    .map((sample) => ({ x: sample.done, y: sample[process] }));
  const { slope, error } = points.length < 10 ? { slope: NaN, error: NaN } : trendOf(points);
  const growth = slope * (1 - WARM_UP) * requests;
  return { bytesPerRequest: slope, standardError: error, growthBytes: growth, allowedBytes: GROWTH_ALLOWED };
}

/** @returns a list of { check, holds } */
export function checkLoad({ endings, samples }, requests) {
  const over = endings.answered + endings.cancelled + endings.refused;
  const checks = [
    { check: `all of ${requests} requests ended as they must (${over} did)`, holds: over === requests },
    { check: 'the engine failed none of them', holds: endings.failed === 0 },
    ...wrongs(endings),
  ];
  for (const process of requests < LEAST_REQUESTS ? [] : ['engine', 'parent']) {
    const { growthBytes } = memoryTrend(samples, requests, process);
    const grown = `${inMegabytes(growthBytes)} MB along its trend, of at most ${inMegabytes(GROWTH_ALLOWED)} allowed`;
    checks.push({
      check: `memory of the ${process} is flat (it grew ${grown})`,
      holds: growthBytes <= GROWTH_ALLOWED,
    });
  }
  return checks;
}

/** @returns a list of { check, holds } */
export function checkKills({ endings, survived, before, after, samples }, kills) {
  const checks = [
    { check: `a new process answered after each of ${kills} kills (${survived})`, holds: survived === kills },
    {
      check: `requests were under way when it was killed (${endings.failed} failed)`,
      holds: endings.failed >= kills,
    },
    ...wrongs(endings),
  ];
  for (const what of ['descriptors', 'handles', 'children']) {
    const counts = `${before[what]} before, ${after[what]} after`;
    checks.push({ check: `as many ${what} as before (${counts})`, holds: after[what] <= before[what] });
  }
  const grown = parentGrowth(samples);
  checks.push({
    check: `the parent's memory is as before (${inMegabytes(grown)} MB more)`,
    holds: grown <= PARENT_ALLOWED,
  });
  return checks;
}

/** The median of the last fifth of the kills, less that of the first. */
export function parentGrowth(samples) {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const median = (part) =>
    part.map(({ parent }) => parent).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? NaN;
  return median(samples.slice(-fifth)) - median(samples.slice(0, fifth));
}

function wrongs({ wrong }) {
  return wrong.slice(0, 10).map((what) => ({ check: what, holds: false }));
}

const inMegabytes = (bytes) => (bytes / 1e6).toFixed(1);
