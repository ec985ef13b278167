/** What an attacker sees of one of its nodes: scores and levels are public. */
export interface View {
  readonly hour: number;
  /** Hours since this identity joined. */
  readonly age: number;
  readonly level: number;
  readonly score: number;
  readonly tests: number;
  /** Lies of this identity that were found. */
  readonly caught: number;
}

/** How an attacker plays. It cannot tell a test from a task, so it lies in both alike. */
export interface Strategy {
  readonly name: string;
  /** Identities that share the capacity of one machine. */
  readonly identities: number;
  /** How likely its next answer is a lie. */
  lies(view: View): number;
  /** Does this identity leave for a new one? */
  leaves(view: View): boolean;
}

const stays = (): boolean => false;

const strategy = (name: string, how: Partial<Strategy>): Strategy => ({
  name,
  identities: 1,
  lies: () => 0,
  leaves: stays,
  ...how,
});

export const strategies = {
  honest: strategy('does not lie', {}),
  always: strategy('lies always', { lies: () => 1 }),
  often: strategy('lies in 10 % of its answers', { lies: () => 0.1 }),
  seldom: strategy('lies in 1 % of its answers', { lies: () => 0.01 }),
  onOff: strategy('on–off: lies in half of its answers while its score is 0.85 and its level 6, or more', {
    lies: ({ score, level }) => (score >= 0.85 && level >= 6 ? 0.5 : 0),
  }),
  weekly: strategy('on–off: lies in half of its answers one day in seven', {
    lies: ({ hour }) => (Math.floor(hour / 24) % 7 === 6 ? 0.5 : 0),
  }),
  whitewasher: strategy('whitewasher: lies in half of its answers from level 6 on, leaves when found', {
    lies: ({ level }) => (level >= 6 ? 0.5 : 0),
    leaves: ({ caught }) => caught > 0,
  }),
  eternalNewcomer: strategy('whitewasher: lies in 10 %, leaves when found or after 9 tests', {
    lies: () => 0.1,
    leaves: ({ caught, tests }) => caught > 0 || tests >= 9,
  }),
  honestSybils: strategy('sybils: 10 identities a machine, which do not lie', { identities: 10 }),
  lyingSybils: strategy('sybils: 10 identities a machine, which lie in 10 %', {
    identities: 10,
    lies: () => 0.1,
  }),
} as const satisfies Record<string, Strategy>;
