import { createHash } from 'node:crypto';
import { frozenRequest, type RequestShape } from '@ganglion/contracts';
import { everydayText } from './everyday-text.js';
import { roundRequest } from './round-request.js';
import { SeededDraw } from './seeded-draw.js';

const seed = '5e'.repeat(32);
const shape: RequestShape = {
  messages: [
    { role: 'system', characters: 40 },
    { role: 'user', characters: 12 },
    { role: 'assistant', characters: 200 },
    { role: 'user', characters: 333 },
  ],
  choices: 2,
  stops: ['\n\n', 'END'],
  sampling: {
    temperature: 0.7,
    topP: 0.9,
    topK: 40,
    minP: 0,
    presencePenalty: 0.5,
    frequencyPenalty: 0,
    repetitionPenalty: 1,
    maxTokens: 48,
  },
  logprobs: 3,
};
const asked = { kind: 'known-answer' as const, model: 'tiny', modelDigest: 'd'.repeat(64), shape };

describe('the request that a seed decides', () => {
  it('has the shape that was wanted, to the character', () => {
    const request = roundRequest(seed, asked);
    expect(frozenRequest.parse(request)).toEqual(request);
    const { prompt, choices, sampling, logprobs } = request;
    const messages = 'messages' in prompt ? prompt.messages : [];
    expect(messages.map(({ role, content }) => ({ role, characters: content.length }))).toEqual(
      shape.messages,
    );
    expect({ choices, logprobs }).toEqual({ choices: 2, logprobs: 3 });
    expect(sampling).toMatchObject(shape.sampling);
    expect(sampling.stop).toEqual(shape.stops);
  });

  it('is the same for everyone who has the seed, and another for every other seed', () => {
    expect(roundRequest(seed, asked)).toEqual(roundRequest(seed, asked));
    const others = ['00', '01', 'ff'].map((byte) => roundRequest(byte.repeat(32), asked));
    const texts = others.map(({ prompt, salt, sampling }) => JSON.stringify([prompt, salt, sampling.seed]));
    expect(new Set([...texts, JSON.stringify(roundRequest(seed, asked))]).size).toBe(4);
    expect(new Set(others.map(({ salt }) => salt)).size).toBe(3);
  });

  it('asks to repeat, or for much text, where that is what is looked at', () => {
    const last = (kind: 'repeat' | 'sustained-decode'): string => {
      const { prompt } = roundRequest(seed, { ...asked, kind });
      return 'messages' in prompt ? prompt.messages.at(-1)!.content : '';
    };
    expect(last('repeat')).toMatch(/^Repeat after me: /);
    expect(last('sustained-decode')).toMatch(/^(Write a long|Explain in detail|Write an essay)/);
    expect(last('repeat')).toHaveLength(333);
  });
});

describe('everyday text', () => {
  it('is as long as wanted, whatever that is, and does not end in a space', () => {
    const draw = new SeededDraw(seed);
    for (const tone of ['question', 'story', 'statement', 'instruction'] as const)
      for (let characters = 0; characters < 400; characters += 7) {
        const text = everydayText(tone, characters, draw.below);
        expect(text).toHaveLength(characters);
        expect(text).toBe(text.trim());
      }
  });
});

describe('numbers from a seed', () => {
  it('are the bytes of the formula, however they are asked for', () => {
    const block = (index: number): Buffer =>
      createHash('sha256')
        .update('ganglion/round-draw/v1\0')
        .update(Buffer.from(seed, 'hex'))
        .update(Buffer.from([0, 0, 0, index]))
        .digest();
    const expected = Buffer.concat([block(0), block(1), block(2)]);
    expect(new SeededDraw(seed).bytes(96)).toEqual(expected);
    const draw = new SeededDraw(seed);
    expect(Buffer.concat([draw.bytes(5), draw.bytes(60), draw.bytes(31)])).toEqual(expected);
  });

  it('are evenly spread', () => {
    const draw = new SeededDraw(seed);
    const counts = Array<number>(10).fill(0);
    for (let n = 0; n < 10_000; n++) counts[draw.below(10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    expect(Number.isSafeInteger(draw.wide())).toBe(true);
  });
});
