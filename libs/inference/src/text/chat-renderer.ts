import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { withinTime } from './time-limit.js';

interface Message {
  role: string;
  content: string;
}

/** Far above any template's need: they count messages, or lines of a few. */
const LONGEST_RANGE = 100_000;
/** Real templates take a millisecond; a machine that is short of time some more. */
const RENDER_MS = 5_000;

/** A model's chat template: messages to the text that the model was trained to continue. */
export class ChatRenderer {
  readonly #template: Template;
  readonly #special: Readonly<Record<string, string>>;

  /**
   * @param source in Jinja
   * @param special texts by name, such as `eos_token`
   * @param milliseconds that one rendering may take
   * @throws Error when it is no template
   */
  constructor(
    source: string,
    special: Readonly<Record<string, string>>,
    private readonly milliseconds = RENDER_MS,
  ) {
    this.#template = new Template(source);
    this.#special = special;
  }

  /** @throws Error of the template's own, OutOfTime when it does not end */
  render(messages: readonly Message[]): string {
    const environment = new Environment();
    const given = { ...this.#special, messages, add_generation_prompt: true };
    for (const [name, value] of Object.entries({ ...GLOBALS, ...given })) environment.set(name, value);
    const result = withinTime(this.milliseconds, () =>
      new Interpreter(environment).run(this.#template.parsed),
    );
    return result.value as string;
  }
}

/** No date function on purpose: a template that writes today's date would make replicas differ at midnight. */
const GLOBALS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  raise_exception: (message: unknown) => {
    throw new Error(String(message));
  },
};

/** Python's, but of a bounded length: the list is made before the first turn of a loop. */
function range(...limits: number[]): number[] {
  const [start, stop, step = 1] = limits.length === 1 ? [0, limits[0]!] : limits;
  if (start === undefined || stop === undefined || step === 0)
    throw new Error('range() takes 1 to 3 numbers');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= LONGEST_RANGE)) throw new Error(`range() of ${length} is above ${LONGEST_RANGE}`);
  return Array.from({ length }, (_, at) => start + at * step);
}
