import { readFileSync } from 'node:fs';
import sequencer from '@jest/test-sequencer';

const Sequencer = sequencer.default ?? sequencer;

/** Does it stop processes of the shared network, or worse? */
const isRough = ({ path }) => readFileSync(path, 'utf8').includes('Network.ofSetUp()');

/** Runs e2e specs always in the same order, those that are rough with the shared network last; all others as Jest does. */
export default class SpecOrder extends Sequencer {
  sort(tests) {
    const isE2e = ({ context }) => context.config.displayName?.name === 'e2e';
    const shared = tests.filter(isE2e).sort((a, b) => (a.path < b.path ? -1 : 1));
    const others = super.sort(tests.filter((test) => !isE2e(test)));
    return [...others, ...shared.filter((test) => !isRough(test)), ...shared.filter(isRough)];
  }
}
