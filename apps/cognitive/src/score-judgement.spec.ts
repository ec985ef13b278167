import type { Sampling, Scores } from '@ganglion/contracts';
import type { Claim } from './audit-claim.js';
import { findScoreFault, judgeScores } from './score-judgement.js';

const tolerances = { evidence: 40, gap: 0.3 };
const sampling: Sampling = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
  seed: 1,
  maxTokens: 200,
  stop: [],
};
const LENGTH = 100;
const EOS = 3;
const evidence = (): [number, number, number, number] => [10, 1_000, 11, 800];

const claim = (change: Partial<Claim> = {}): Claim => ({
  choice: 0,
  skip: 0,
  tokens: Array.from({ length: LENGTH }, () => 10),
  evidence: Array.from({ length: LENGTH }, evidence),
  finish: 'length',
  ...change,
});
const scoresOf = (gaps: [number, number | null][] = [], length = LENGTH): Scores => ({
  claims: [{ gaps, evidence: Array.from({ length }, evidence) }],
  promptTokens: 12,
  eosTokenIds: [EOS],
});
const asked = { promptTokens: 12, sampling, tolerances, contextLength: null };
const judge = (claims: Claim[], scores: Scores, over: Partial<Sampling> = {}): string[] =>
  judgeScores({ ...asked, claims, scores, sampling: { ...sampling, ...over } }).map(({ code }) => code);

describe('the judgement of tokens', () => {
  it('finds nothing wrong with gaps within the tolerance', () => {
    expect(judge([claim()], scoresOf())).toEqual([]);
    expect(
      judge(
        [claim()],
        scoresOf([
          [4, 0.3],
          [50, 0.01],
        ]),
      ),
    ).toEqual([]);
  });

  it('finds one token that lost by more, or had no chance', () => {
    expect(judge([claim()], scoresOf([[4, 0.31]]))).toEqual(['wrong_token']);
    expect(judge([claim()], scoresOf([[99, null]]))).toEqual(['wrong_token']);
  });

  it('stretches the tolerance by temperature and repetition penalty', () => {
    expect(judge([claim()], scoresOf([[4, 0.59]]), { temperature: 0.5 })).toEqual([]);
    expect(judge([claim()], scoresOf([[4, 0.61]]), { temperature: 0.5 })).toEqual(['wrong_token']);
    expect(judge([claim()], scoresOf([[4, 0.35]]), { repetitionPenalty: 1.2 })).toEqual([]);
  });

  it('does not judge tokens that another attempt gave', () => {
    const resumed = claim({ skip: 5, evidence: Array.from({ length: LENGTH - 5 }, evidence) });
    expect(judge([resumed], scoresOf([[4, null]]))).toEqual([]);
    expect(judge([resumed], scoresOf([[5, null]]))).toEqual(['wrong_token']);
  });

  it('says which and by how much, of several choices too', () => {
    const scores = scoresOf([
      [0, 1.5],
      [1, null],
      [2, 9],
      [3, 9],
    ]);
    const two = { claims: [scoresOf().claims[0]!, scores.claims[0]!], promptTokens: 12, eosTokenIds: [EOS] };
    const claims = [claim(), claim({ choice: 1 })];
    const [reason, ...others] = judgeScores({ ...asked, claims, scores: two });
    expect(others).toEqual([]);
    expect(reason!.message).toBe(
      'choice 1: 4 of its tokens are not what its model chooses: token 1 lost by 1.500, tolerable are 0.300; ' +
        'token 2 had no chance; token 3 lost by 9.000, tolerable are 0.300',
    );
  });
});

describe('the judgement of evidence', () => {
  const off = (positions: number[], by: number): Claim => {
    const claimed = claim();
    const changed = claimed.evidence.map(([a, one, b, two], at): [number, number, number, number] =>
      positions.includes(at) ? [a, one + by, b, two] : [a, one, b, two],
    );
    return { ...claimed, evidence: changed };
  };
  const every = Array.from({ length: LENGTH }, (_, at) => at);

  it('finds nothing wrong with logits within the tolerance', () => {
    expect(judge([off(every, 40)], scoresOf())).toEqual([]);
    expect(judge([off(every, -40)], scoresOf())).toEqual([]);
  });

  it('suffers a position or two that are a little further off', () => {
    expect(judge([off([7], 41)], scoresOf())).toEqual([]);
    expect(judge([off([7, 8], 150)], scoresOf())).toEqual([]);
    expect(judge([off([7, 8, 9], 41)], scoresOf())).toEqual(['wrong_evidence']);
  });

  it('suffers none that is far off', () => {
    expect(judge([off([7], 161)], scoresOf())).toEqual(['wrong_evidence']);
  });

  it('lets the two likeliest change places only where they are near', () => {
    const swapped = claim();
    const far = { ...swapped, evidence: [[11, 1_000, 10, 990] as const, ...swapped.evidence.slice(1)] };
    expect(judge([far], scoresOf())).toEqual(['wrong_evidence']);
    const scores = scoresOf();
    scores.claims[0]!.evidence[0] = [10, 1_000, 11, 990];
    expect(judge([far], scores)).toEqual([]);
  });
});

describe('the judgement of the prompt', () => {
  const judgeCount = (promptTokens: number): string[] =>
    judgeScores({ ...asked, claims: [claim()], promptTokens, scores: scoresOf() }).map(({ code }) => code);

  it('finds a count that is not that of its model', () => {
    expect(judgeCount(12)).toEqual([]);
    expect(judgeCount(13)).toEqual(['wrong_count']);
    expect(judgeCount(11)).toEqual(['wrong_count']);
  });

  it('suffers a node that could not count', () => {
    expect(judgeCount(0)).toEqual([]);
  });
});

describe('the judgement by a verifier of a smaller context', () => {
  it('is of what it has seen', () => {
    const half = scoresOf([], LENGTH / 2);
    expect(judge([claim({ finish: 'stop' })], half)).toEqual([]);
    expect(judge([claim()], scoresOf([[3, 9]], LENGTH / 2))).toEqual(['wrong_token']);
    const off = claim({ evidence: claim().evidence.map(([a, one, b, two]) => [a, one + 500, b, two]) });
    expect(judge([off], half)).toEqual(['wrong_evidence']);
  });
});

describe('the judgement of ends', () => {
  const stopped = (last: number, change: Partial<Claim> = {}): Claim =>
    claim({ finish: 'stop', tokens: [...claim().tokens.slice(1), last], ...change });

  it('takes an end of text for an end', () => {
    expect(judge([stopped(EOS)], scoresOf())).toEqual([]);
  });

  it('finds an answer that stops where its model does not', () => {
    expect(judge([stopped(10)], scoresOf())).toEqual(['wrong_end']);
  });

  it('cannot tell stop sequences, nor the end of what was not scored', () => {
    expect(judge([stopped(10)], scoresOf(), { stop: ['\n'] })).toEqual([]);
    expect(judge([stopped(10, { finish: null })], scoresOf())).toEqual([]);
  });

  it('finds an answer that goes on after its end', () => {
    const tokens = claim().tokens.map((id, at) => (at === 40 ? EOS : id));
    expect(judge([claim({ tokens })], scoresOf())).toEqual(['wrong_end']);
  });

  it.each([
    ['as long as it may be', 100, null, []],
    ['short of that, on a node that had room for more', 200, 113, ['wrong_end']],
    ['short of that, on a node that had no more room', 200, 112, []],
    ['short of that, on a node whose room is not known', 200, null, []],
  ])('finds an answer that ends for want of room: %s', (_, maxTokens, contextLength, found) => {
    const scored = { ...asked, claims: [claim()], scores: scoresOf(), contextLength };
    const reasons = judgeScores({ ...scored, sampling: { ...sampling, maxTokens } });
    expect(reasons.map(({ code }) => code)).toEqual(found);
  });
});

describe('scores that are none', () => {
  it.each<[string, Scores]>([
    ['of another number of claims', { ...scoresOf(), claims: [...scoresOf().claims, ...scoresOf().claims] }],
    ['of more positions than there are', scoresOf([], LENGTH + 1)],
    ['of nothing', scoresOf([], 0)],
    ['of positions that are not there', scoresOf([[LENGTH, 1]])],
    [
      'of positions that do not rise',
      scoresOf([
        [4, 1],
        [4, 2],
      ]),
    ],
  ])('are told by their shape: %s', (_, scores) => {
    expect(findScoreFault([claim()], scores)).toMatchObject({ code: 'malformed_scores' });
  });

  it('are not those that fit', () => {
    expect(
      findScoreFault(
        [claim()],
        scoresOf([
          [0, 1],
          [99, null],
        ]),
      ),
    ).toBeNull();
  });
});
