import { clientMessage, sessionParameters, text, token } from './index.js';

describe('text', () => {
  it.each(['', 'plain', 'naïve – 日本語 🦊', '\uFFFD\uFEFF\u0001'])('may be %j', (value) => {
    expect(text.parse(value)).toBe(value);
  });

  it.each(['\0', 'a\0b', '\ud83d', 'a\udc00'])(
    'is not %j, which no database or no encoding holds',
    (value) => {
      expect(text.safeParse(value).success).toBe(false);
      expect(token.safeParse([1, value]).success).toBe(false);
      expect(sessionParameters.safeParse({ model: 'tiny', metadata: { note: value } }).success).toBe(false);
      for (const content of [value, [{ type: 'text', text: value }]])
        expect(clientMessage.safeParse({ role: 'user', content }).error?.issues[0]).toMatchObject({
          path: ['content'],
          message: expect.stringContaining('U+0000'),
        });
    },
  );
});
