/** What a fleet has to show. Every check is a sentence and whether it holds. */

/** Rounds until a broken node is out. A silent one that has just come up may be forgiven its first. */
const BROKEN_ROUNDS = 2;
/** A node that lies in one of five answers passes so many rounds once in a hundred times. */
const LYING_ROUNDS = 20;
const SERVING = 0.99;
/** A slow node has a tenth of the others' speed, and gets less than this part of what an honest one gets. */
const SLOW_PART = 0.5;

/** @param figures as `fleetFigures` gives them; a list of { check, holds } */
export function checkFleet({ kinds, nodes, honestInServiceAtEnd, falselyBlamed, grants }) {
  const of = (kind) => kinds.find((figures) => figures.kind === kind);
  const [broken, lying, slow, honest] = ['broken', 'lying', 'slow', 'honest'].map(of);
  const brokenMost = broken.roundsUntilOut?.most ?? Infinity;
  const lyingMost = lying.roundsUntilOut?.most ?? 0;
  const share = ({ grantedShare, nodes: count }) => grantedShare / count;
  const slowPart = share(slow) / share(honest);
  const flappers = nodes.filter(({ kind }) => kind === 'flapping');
  return [
    {
      check: `every broken node was put away, within ${BROKEN_ROUNDS} rounds (${broken.out} of ${broken.nodes}, ${brokenMost} at most)`,
      holds: broken.out === broken.nodes && brokenMost <= BROKEN_ROUNDS,
    },
    {
      check: `no broken node's answer was ever accepted`,
      holds: nodes.every(({ kind, accepted }) => kind !== 'broken' || accepted === 0),
    },
    {
      check: `no lying node went through more than ${LYING_ROUNDS} rounds before it was put away (${lying.out} of ${lying.nodes} were, after ${lyingMost} at most)`,
      holds: lyingMost <= LYING_ROUNDS,
    },
    {
      check: `a slow node gets less than ${SLOW_PART} of an honest one's work (${slowPart.toFixed(2)})`,
      holds: slowPart < SLOW_PART,
    },
    {
      check: `every drop of a flapping node was noticed (${flappers.map(({ timesOffline }) => timesOffline).join(', ')} times)`,
      holds: flappers.every(({ timesOffline }) => timesOffline > 0),
    },
    {
      check: `at least ${100 * SERVING} % of the honest nodes serve at the end (${(100 * honestInServiceAtEnd).toFixed(1)} %)`,
      holds: honestInServiceAtEnd >= SERVING,
    },
    {
      check: `no honest or slow node was put away (${falselyBlamed.length} times${falselyBlamed.slice(0, 3).map(({ reason }) => `; ${reason}`)})`,
      holds: falselyBlamed.length === 0,
    },
    {
      check: `users were served (${grants.total} grants)`,
      holds: grants.total > 0,
    },
    {
      check: `none of them by a node that was not tested since it was last reserved, offline or put away (${grants.untested.length}${grants.untested.slice(0, 3).map(({ problem }) => `; ${problem}`)})`,
      holds: grants.untested.length === 0,
    },
    {
      check: `nor by one that had left its reservation (${grants.afterLeaving.accepted} answers, granted up to ${Math.round(grants.afterLeaving.longestMs)} ms after)`,
      holds: grants.afterLeaving.accepted === 0,
    },
  ];
}
