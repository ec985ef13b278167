import { openLogin, sealLogin } from './sealed-login.js';

const secret = 'a'.repeat(64);
const login = { key: 'gk_0123456789abcdefghij', expiresAt: 1_000 };

describe('a sealed login', () => {
  it('is opened by whoever has the secret, until it is over', () => {
    const sealed = sealLogin(login, secret);
    expect(openLogin(sealed, secret, 999)).toEqual(login);
    expect(openLogin(sealed, secret, 1_000)).toBeUndefined();
  });

  it('shows nothing of its key, and never looks the same', () => {
    const [one, other] = [sealLogin(login, secret), sealLogin(login, secret)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('gk_');
  });

  it('is refused with another secret', () => {
    expect(openLogin(sealLogin(login, secret), 'b'.repeat(64), 0)).toBeUndefined();
  });

  it('is refused when any byte of it was changed', () => {
    const bytes = Buffer.from(sealLogin(login, secret), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openLogin(changed.toString('base64url'), secret, 0)).toBeUndefined();
    }
  });

  it.each(['', 'x', 'not sealed at all', 'A'.repeat(38), 'A'.repeat(4_000)])('is not found in %p', (text) => {
    expect(openLogin(text, secret, 0)).toBeUndefined();
  });
});
