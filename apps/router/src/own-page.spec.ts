import { requireOwnPage, type Sender } from './own-page.js';

const page: Sender = { method: 'POST', origin: 'http://a:8080', host: 'a:8080', mark: '1' };
const refused = expect.objectContaining({ code: 'FORBIDDEN' });

describe('a request with the cookie', () => {
  it.each<[string, Partial<Sender>]>([
    ['the dashboard', {}],
    ['a program that sends no origin', { origin: undefined }],
    ['a page whose port goes without saying', { origin: 'https://a', host: 'a:443' }],
  ])('is taken from %s', (_, sender) => {
    expect(() => requireOwnPage({ ...page, ...sender })).not.toThrow();
  });

  it.each<[string, Partial<Sender>]>([
    ['another host', { origin: 'http://b:8080' }],
    ['another port', { origin: 'http://a:8081' }],
    ['nowhere', { origin: 'null' }],
    ['a page, if it asked no host', { host: undefined }],
    ['a form, which cannot send the header', { mark: undefined }],
    ['a page that says something else', { mark: 'yes' }],
  ])('is refused from %s', (_, sender) => {
    expect(() => requireOwnPage({ ...page, ...sender })).toThrow(refused);
  });

  it('may read wherever it comes from: other pages cannot see the answer', () => {
    expect(() =>
      requireOwnPage({ ...page, method: 'GET', origin: 'http://b', mark: undefined }),
    ).not.toThrow();
  });
});
