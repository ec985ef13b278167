import { adminCookieOf, setAdminCookie } from './admin-cookie.js';

describe('the cookie of an operator', () => {
  it.each([
    ['alone', 'ganglion_admin=abc', 'abc'],
    ['among others', 'a=1; ganglion_admin=abc; b=2', 'abc'],
    ['first of two', 'ganglion_admin=abc; ganglion_admin=def', 'abc'],
    ['empty', 'ganglion_admin=', ''],
  ])('is read %s', (_, header, value) => {
    expect(adminCookieOf(header)).toBe(value);
  });

  it.each([undefined, '', 'ganglion_admin', 'xganglion_admin=abc', 'a=ganglion_admin=abc'])(
    'is not found in %p',
    (header) => {
      expect(adminCookieOf(header)).toBeUndefined();
    },
  );

  it('is kept from scripts and other sites, and from plain connections if it came over another', () => {
    const over = (isSecure: boolean) => setAdminCookie('abc', { maxAgeSeconds: 60, isSecure });
    expect(over(false)).toBe('ganglion_admin=abc; Max-Age=60; Path=/; HttpOnly; SameSite=Strict');
    expect(over(true)).toBe(`${over(false)}; Secure`);
  });
});
