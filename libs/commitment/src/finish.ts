/** Why a choice ended, as a reader sees it. */
export type FinishName = 'stop' | 'length' | 'cancelled' | 'content_filter' | 'error';

/** Why a choice ended, as the hashes see it. */
export type FinishCode = 0 | 1 | 2 | 3 | 4;

/** The codes that frame signatures and precommits carry. */
export const finishCode: Record<FinishName, FinishCode> = {
  stop: 0,
  length: 1,
  cancelled: 2,
  content_filter: 3,
  error: 4,
};

/** Stands for "not finished" in a frame signature; no precommit carries it. */
export const NO_FINISH = 255;

export const finishNames = Object.keys(finishCode) as [FinishName, ...FinishName[]];

/**
 * The name of a finish code.
 * @throws RangeError when the code is not one of 0 to 4.
 */
export function finishName(code: number): FinishName {
  const name = finishNames.find((candidate) => finishCode[candidate] === code);
  if (name === undefined) throw new RangeError(`finish must be a code from 0 to 4, not ${String(code)}`);
  return name;
}
