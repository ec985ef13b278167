import type { CommitData, Logprob } from '@ganglion/contracts';
import { hash, request } from './an-answer.fixture.js';
import { findLogprobsFault } from './logprobs-fault.js';

const asked = request({ logprobs: 2 });
const likely: Logprob = [11, -3_000, 'To'];
const second: Logprob = [5, -20_000, 'Ky'];
const rare: Logprob = [9, -50_000, { bytes: '8J8=' }];

const choiceOf = (over: Partial<CommitData['choices'][number]> = {}): CommitData['choices'][number] => ({
  choice: 0,
  head: hash('a'),
  count: 2,
  finish: 'stop',
  tokens: [
    [11, 'To'],
    [9, ''],
  ],
  evidence: [
    [11, 900, 5, 465],
    [11, 900, 5, 465],
  ],
  logprobs: [
    [likely, likely, second],
    [rare, likely, second],
  ],
  ...over,
});
/** With another first position. */
const withFirst = (...position: Logprob[]) => choiceOf({ logprobs: [position, [rare, likely, second]] });

describe('the log-probabilities of a choice', () => {
  it('hold when they are what was asked for, be the chosen token among the likely or not', () => {
    expect(findLogprobsFault(choiceOf(), asked)).toBeNull();
    const alone = choiceOf({ logprobs: [[likely], [rare]] });
    expect(findLogprobsFault(alone, request({ logprobs: 0 }))).toBeNull();
  });

  it('are refused when nobody asked for them, and when they are not there', () => {
    expect(findLogprobsFault(choiceOf(), request())).toMatch(/nobody asked/);
    const { logprobs: _, ...without } = choiceOf();
    expect(findLogprobsFault(without, asked)).toMatch(/of 0 positions for 2 tokens/);
    expect(findLogprobsFault(without, request())).toBeNull();
  });

  it.each<[string, CommitData['choices'][number], RegExp]>([
    ['too few positions', choiceOf({ logprobs: [[likely, likely, second]] }), /of 1 positions/],
    ['too few alternatives', withFirst(likely, likely), /token 1: 1 of the 2/],
    ['another token’s first', withFirst(second, likely, second), /not the chosen token’s/],
    ['an alternative twice', withFirst(likely, likely, likely), /stands twice/],
    ['a wrong order', withFirst(likely, second, likely), /not in their order/],
    [
      'other tokens than the evidence',
      withFirst(likely, likely, [6, -20_000, 'x']),
      /not those of the evidence/,
    ],
    ['two values for one token', withFirst([11, -2_000, 'To'], likely, second), /two log-probabilities/],
    ['two names for one token', withFirst([11, -3_000, 'Ta'], likely, second), /two log-probabilities/],
    [
      'a chosen token likelier than all',
      choiceOf({
        logprobs: [
          [likely, likely, second],
          [[9, -10_000, 'x'], likely, second],
        ],
      }),
      /token 2: .*likelier/,
    ],
    ['more than certainty', withFirst([11, 0, 'To'], [11, 0, 'To'], second), /add up to 1\.1/],
  ])('are refused with %s', (_, choice, problem) => {
    expect(findLogprobsFault(choice, asked)).toMatch(problem);
  });
});
