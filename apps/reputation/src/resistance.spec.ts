import { strategies, type Strategy } from './attack.fixture.js';
import { Fleet, type Outcome, type Selection } from './fleet.fixture.js';

const play = (strategy: Strategy, selection: Selection): Outcome =>
  new Fleet({ strategy, selection, days: 20, seed: 7 }).play();
const harm = ({ wrong, tasks }: Outcome): number => wrong / tasks;
const share = ({ attackerTasks, tasks }: Outcome): number => attackerTasks / tasks;
const last = ({ days }: Outcome) => days.at(-1)!;

/** docs/reputation.md has the whole table, of longer runs; here is what must never be lost of it. */
describe('an attacker with a fifth of all machines', () => {
  it('is not given a single task when it lies always', () => {
    expect(play(strategies.always, 'score').attackerTasks).toBe(0);
  });

  it.each([
    ['that lies in a tenth of its answers', strategies.often, 5],
    ['that behaves, then lies, and again', strategies.onOff, 2],
    ['that lies one day in seven', strategies.weekly, 1.5],
    ['of many identities, all lying', strategies.lyingSybils, 5],
  ])('%s does a fraction of the harm that it does where nodes are drawn', (_, strategy, factor) => {
    const scored = play(strategy, 'score');
    expect(harm(play(strategy, 'random'))).toBeGreaterThan(factor * harm(scored));
    expect(last(scored).attackerScore).toBeLessThan(last(scored).honestScore - 0.05);
  });

  it.each([
    ['and cheats when it is trusted', strategies.whitewasher],
    ['and is never known for long', strategies.eternalNewcomer],
  ])(
    'that comes back under new names %s is kept out by its score, if newcomers get no share',
    (_, strategy) => {
      expect(harm(play(strategy, 'random'))).toBeGreaterThan(5 * harm(play(strategy, 'score-alone')));
    },
  );

  it.each([
    ['and cheats when it is trusted', strategies.whitewasher],
    ['and is never known for long', strategies.eternalNewcomer],
  ])(
    'that comes back under new names %s does a fraction of the harm that a fifth for newcomers gives',
    (_, one) => {
      const allowed = harm(play(one, 'score'));
      expect(harm(play(one, 'score-fifth'))).toBeGreaterThan(2.5 * allowed);
      expect(harm(play(one, 'random'))).toBeGreaterThan(2.5 * allowed);
    },
  );

  it('gets no more work as ten nodes a machine than as one', () => {
    expect(share(play(strategies.honestSybils, 'score'))).toBeLessThan(
      share(play(strategies.honest, 'score')),
    );
  });

  it('is not told from the others when it does not lie', () => {
    const { honestScore, attackerScore } = last(play(strategies.honest, 'random'));
    expect(Math.abs(honestScore - attackerScore)).toBeLessThan(0.03);
  });

  it('plays the same game for the same seed', () => {
    expect(play(strategies.weekly, 'score')).toEqual(play(strategies.weekly, 'score'));
  });
});
