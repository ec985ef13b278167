import { nameOf } from './token-name.js';

const bytes = (...values: number[]) => nameOf({ kind: 'bytes', bytes: Uint8Array.from(values) });

describe('nameOf', () => {
  it('is the text where the bytes are whole characters', () => {
    expect(bytes(0x20, 0x54, 0x6f)).toBe(' To');
    expect(bytes(0xef, 0xbb, 0xbf)).toBe('\uFEFF');
    expect(nameOf({ kind: 'literal', text: '<think>' })).toBe('<think>');
  });

  it('is the bytes where they are part of a character, or what no database holds', () => {
    expect(bytes(0xf0, 0x9f)).toEqual({ bytes: '8J8=' });
    expect(bytes(0x61, 0x00)).toEqual({ bytes: 'YQA=' });
  });

  it('says that a token is not text', () => {
    expect(nameOf({ kind: 'silent', name: '<|im_end|>' })).toEqual({ special: '<|im_end|>' });
  });
});
