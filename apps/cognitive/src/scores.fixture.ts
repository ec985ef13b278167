import type { Scores } from '@ganglion/contracts';
import { receiptOf } from './receipt.fixture.js';

/** Of the receipt that these specs use. */
const PROMPT_TOKENS = receiptOf('one miner commits').promptTokens;

/** Of the answer that every audited task of these specs has: six tokens. */
export const scores = (gap: number | null = 0, change: Partial<Scores> = {}): Scores => ({
  claims: [
    {
      gaps: gap === 0 ? [] : [[2, gap]],
      evidence: Array.from({ length: 6 }, (_, at) => [at, 900, at + 1, 800]),
    },
  ],
  promptTokens: PROMPT_TOKENS,
  eosTokenIds: [2],
  ...change,
});
