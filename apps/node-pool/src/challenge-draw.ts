import type { Challenge } from '@ganglion/contracts';

/** The clock's answer must fit into one message of the broker (1 MB), with several models in it. */
const BUDGET_BYTES = 32_768;

/** A random draw of challenges, one at least, within the budget. `random` gives numbers in [0, 1). */
export const drawChallenges = (
  challenges: readonly Challenge[],
  random: () => number = Math.random,
): Challenge[] => {
  const left = [...challenges];
  const drawn: Challenge[] = [];
  for (let bytes = 0; left.length > 0;) {
    const [challenge] = left.splice(Math.floor(random() * left.length), 1) as [Challenge];
    bytes += Buffer.byteLength(JSON.stringify(challenge));
    if (drawn.length > 0 && bytes > BUDGET_BYTES) break;
    drawn.push(challenge);
  }
  return drawn;
};
