import { packingsFor, pagePartOf } from './page-paths.js';

const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';

describe('an address without a route of its own', () => {
  it.each([
    ['', undefined, 'page'],
    ['nodes', browser, 'page'],
    ['tasks/01970000-0000-7000-8000-000000000000', browser, 'page'],
    ['models/tiny.v2', browser, 'page'],
    ['assets/index-abc.js', '*/*', 'asset'],
    ['assets/missing', browser, 'asset'],
    ['favicon.svg', 'image/*', 'file'],
    ['nodes', undefined, 'nothing'],
    ['nodes', 'application/json', 'nothing'],
    ['v1/nowhere', browser, 'nothing'],
    ['v1', browser, 'nothing'],
    ['admin/nowhere', browser, 'nothing'],
    ['.well-known/security.txt', browser, 'nothing'],
    ['socket.io/x', browser, 'nothing'],
    ['metrics/x', browser, 'nothing'],
    ['v1x', browser, 'page'],
  ])('is at %p, asked for as %p: %s', (path, accept, part) => {
    expect(pagePartOf(path, accept)).toBe(part);
  });
});

describe('a packed file', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['gzip, deflate, br', ['br', 'gzip']],
    ['gzip;q=1.0, br;q=0', ['gzip']],
    ['BR ; q=0.5', ['br']],
    ['zstd', []],
    ['xgzip', []],
  ])('is for those who say %p: %j', (header, encodings) => {
    expect(packingsFor(header).map(({ encoding }) => encoding)).toEqual(encodings);
  });
});
