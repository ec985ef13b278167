import { tokenLogprob } from '@ganglion/contracts';
import { clientLogprobs } from './logprobs.js';

describe('log-probabilities in OpenAI’s shape', () => {
  it('name each token by text and bytes, with its likely ones beside it', () => {
    const [entry] = clientLogprobs([
      [
        [7, -12_345, ' é'],
        [7, -12_345, ' é'],
        [8, -20_000, 'x'],
      ],
    ]);
    expect(tokenLogprob.parse(entry)).toEqual({
      token: ' é',
      logprob: -1.2345,
      bytes: [0x20, 0xc3, 0xa9],
      top_logprobs: [
        { token: ' é', logprob: -1.2345, bytes: [0x20, 0xc3, 0xa9] },
        { token: 'x', logprob: -2, bytes: [0x78] },
      ],
    });
  });

  it('show part of a character as OpenAI does: a replacement, and the bytes themselves', () => {
    expect(clientLogprobs([[[7, 0, { bytes: '8J8=' }]]])).toEqual([
      { token: '\uFFFD', logprob: 0, bytes: [0xf0, 0x9f], top_logprobs: [] },
    ]);
  });

  it('leave out the token that ends the answer, and name it among the likely ones', () => {
    const end = { special: '<|im_end|>' };
    expect(clientLogprobs([[[2, -5, end]]])).toEqual([]);
    const [entry] = clientLogprobs([
      [
        [7, -9_000, 'x'],
        [2, -8_000, end],
      ],
    ]);
    expect(entry!.top_logprobs).toEqual([{ token: '<|im_end|>', logprob: -0.8, bytes: null }]);
  });
});
