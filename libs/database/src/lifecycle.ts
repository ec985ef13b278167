/** The table of a state machine: from every state, the states that may follow. */
export interface LifecycleTable<S extends string> {
  /** Names the thing in history rows, such as `node`. */
  name: string;
  /** The state a new row is inserted in. */
  initial: NoInfer<S>;
  /** Every state is a key; a final state is followed by none. */
  moves: { readonly [K in S]: readonly NoInfer<S>[] };
}

/** A checked state machine. */
export interface Lifecycle<S extends string = string> {
  readonly name: string;
  readonly initial: S;
  readonly states: readonly S[];
  /** Whether the table has the move. */
  can(from: S, to: S): boolean;
  /** Whether nothing follows the state. */
  isFinal(state: S): boolean;
  /** The table as a Mermaid state diagram, one line per move, ending in a newline. */
  toMermaid(): string;
}

/**
 * Checks a table of moves and makes the state machine of it.
 * @throws Error at start-up, naming the state, when a state is forgotten (entered, but not a key), unreachable from the
 *   initial state, followed by itself or listed twice.
 */
export function lifecycle<S extends string>(table: LifecycleTable<S>): Lifecycle<S> {
  const { name, initial } = table;
  const states = Object.keys(table.moves) as S[];
  const after = (state: S): readonly S[] => table.moves[state];
  check(name, initial, new Map(states.map((state) => [state, after(state)])));
  const allowed = new Set(states.flatMap((from) => after(from).map((to) => `${from}>${to}`)));
  return {
    name,
    initial,
    states,
    can: (from, to) => allowed.has(`${from}>${to}`),
    isFinal: (state) => states.includes(state) && after(state).length === 0,
    toMermaid: () =>
      [
        'stateDiagram-v2',
        `  [*] --> ${initial}`,
        ...states.flatMap((from) =>
          after(from).length === 0 ? [`  ${from} --> [*]`] : after(from).map((to) => `  ${from} --> ${to}`),
        ),
        '',
      ].join('\n'),
  };
}

function check(name: string, initial: string, moves: ReadonlyMap<string, readonly string[]>): void {
  const fail = (problem: string): never => {
    throw new Error(`lifecycle ${name}: ${problem}`);
  };
  if (!moves.has(initial)) fail(`the initial state ${initial} has no entry in moves; add one`);
  for (const [from, targets] of moves) {
    for (const to of targets) {
      if (!moves.has(to))
        fail(`${from} leads to ${to}, which has no entry in moves; add one ([] when it is final)`);
      if (to === from) fail(`${from} leads to itself; a row that stays is not moved`);
    }
    if (new Set(targets).size < targets.length) fail(`${from} lists a state twice`);
  }
  const reached = new Set([initial]);
  for (const state of reached) for (const next of moves.get(state) ?? []) reached.add(next);
  for (const state of moves.keys()) {
    if (!reached.has(state))
      fail(`${state} is unreachable from ${initial}; add the move that enters it or remove it`);
  }
}
