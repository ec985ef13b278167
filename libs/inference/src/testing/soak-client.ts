import type { Engine } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import type { Deed } from './soak-requests.js';

/** How requests ended; what nobody may see is told in words. */
export interface Endings {
  answered: number;
  cancelled: number;
  /** Wrong requests, refused as they must be. */
  refused: number;
  /** With ENGINE_FAILED. */
  failed: number;
  tokens: number;
  wrong: string[];
}

export const noEndings = (): Endings => ({
  answered: 0,
  cancelled: 0,
  refused: 0,
  failed: 0,
  tokens: 0,
  wrong: [],
});

/** Longer than any request takes on a busy machine: one that is not over by then hangs. */
const HANGS_AFTER_MS = 60_000;

/** Does one thing to its end, and notes how it ended. Never rejects. @param onBegun told at the first sign of work */
export async function act(
  engine: Engine,
  deed: Deed,
  endings: Endings,
  onBegun = (): void => undefined,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      endings.wrong.push(`${deed.kind} was not over after ${HANGS_AFTER_MS / 1000} s`);
      resolve();
    }, HANGS_AFTER_MS);
  });
  await Promise.race([
    carryOut(engine, deed, endings, onBegun).catch((error: unknown) => note(error, deed, endings)),
    late,
  ]);
  clearTimeout(timer);
}

async function carryOut(engine: Engine, deed: Deed, endings: Endings, onBegun: () => void): Promise<void> {
  const leave = new AbortController();
  const { what } = deed;
  if (deed.kind === 'count') {
    await engine.countPromptTokens(what.prompt);
    endings.answered++;
  } else if (deed.kind === 'score') {
    const timer =
      deed.leavesAfterMs < Infinity ? setTimeout(() => leave.abort(), deed.leavesAfterMs) : undefined;
    const { prompt, sampling, choice } = what;
    const { gaps } = await engine
      .score({ prompt, sampling, choice, claimed: deed.claimed }, leave.signal)
      .finally(() => clearTimeout(timer));
    if (gaps.length !== deed.claimed.length) endings.wrong.push(`a score of ${gaps.length} positions`);
    endings.answered++;
  } else await readAnswer(engine, deed, { endings, leave, onBegun });
}

async function readAnswer(
  engine: Engine,
  deed: Extract<Deed, { kind: 'generate' | 'refused' }>,
  { endings, leave, onBegun }: { endings: Endings; leave: AbortController; onBegun: () => void },
): Promise<void> {
  const leavesAfter = deed.kind === 'generate' ? deed.leavesAfter : Infinity;
  if (leavesAfter === 0) setTimeout(() => leave.abort(), 5);
  let count = 0;
  let isFinished = false;
  for await (const token of engine.generate(deed.what, leave.signal)) {
    if (count === 0) onBegun();
    endings.tokens++;
    isFinished = token.finish !== undefined;
    if (++count >= leavesAfter) leave.abort();
  }
  if (isFinished) endings.answered++;
  else if (leave.signal.aborted) endings.cancelled++;
  else endings.wrong.push(`an answer of ${count} tokens ended without a reason`);
  if (deed.kind === 'refused') endings.wrong.push('a wrong request was answered');
}

function note(error: unknown, { kind }: Deed, endings: Endings): void {
  const code = error instanceof InferenceError ? error.code : undefined;
  if (code === 'ENGINE_FAILED') endings.failed++;
  else if (code === 'PROMPT_INVALID' && kind === 'refused') endings.refused++;
  else if (code === 'CANCELLED' && kind === 'score') endings.cancelled++;
  else
    endings.wrong.push(`${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
