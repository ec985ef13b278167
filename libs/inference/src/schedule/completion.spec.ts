import { Formats } from '../grammar/formats.js';
import { readModel } from '../model/model.js';
import { chat, request, TINY } from '../testing/tiny-engine.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import { Completion } from './completion.js';

describe('a completion', () => {
  it.each([NaN, Infinity])('fails on a logit of %s, whatever the others are', async (logit) => {
    const [info, encoder] = [await readModel(TINY), await PromptEncoder.load(TINY)];
    const context = { info, encoder, formats: new Formats(info, encoder) };
    const completion = new Completion(context, request(chat('Hi')));
    const logits = new Float32Array(context.info.vocabSize);
    logits[700] = logit;
    expect(() => completion.next(logits)).toThrow(`the model gave ${logit} as the logit of token 700`);
    expect(completion.length).toBe(completion.prompt.length);
    logits[700] = -Infinity;
    logits[9] = 1;
    expect(completion.next(logits)).toMatchObject({ id: 9 });
  });
});
