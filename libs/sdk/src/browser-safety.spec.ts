import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => [name, readFileSync(join(import.meta.dirname, name), 'utf8')] as const);

describe('the SDK', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(8);
  });

  it.each(sources)('uses nothing in %s that only Node has', (_, source) => {
    expect(source).not.toMatch(/from 'node:|\bBuffer\b|\bprocess\.|\brequire\(/);
  });

  it.each(sources)(
    'imports nothing in %s but contracts, commitment and packages for browsers',
    (_, source) => {
      const packages = [...source.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name);
      const allowed = ['@ganglion/commitment', '@ganglion/contracts', 'socket.io-client', 'zod'];
      expect(packages.filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
    },
  );
});
