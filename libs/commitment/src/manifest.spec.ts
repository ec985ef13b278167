import { manifestDigest, type ManifestFile } from './manifest.js';
import { readVectors } from './vectors.fixture.js';

interface Vector {
  name: string;
  files: ManifestFile[];
  digest: string;
}
const vectors = readVectors<Vector[]>('manifests');
const { files, digest } = vectors[0]!;

describe('manifestDigest', () => {
  it.each(vectors)('gives the digest of the vector: $name', ({ files, digest }) => {
    expect(manifestDigest(files)).toBe(digest);
  });

  it('does not depend on the order of the files, nor on what else is known about them', () => {
    expect(manifestDigest(files.toReversed())).toBe(digest);
    expect(manifestDigest(files.map((file) => ({ ...file, modified: 1 })))).toBe(digest);
  });

  it('refuses a doubled path, an empty path, a wrong size and a malformed hash', () => {
    const [file] = files;
    expect(() => manifestDigest([file!, file!])).toThrow(/is listed twice/);
    expect(() => manifestDigest([{ ...file!, path: '' }])).toThrow(/^path .* must not be empty/);
    expect(() => manifestDigest([{ ...file!, bytes: -1 }])).toThrow(/^bytes of /);
    expect(() => manifestDigest([{ ...file!, sha256: 'zz' }])).toThrow(/^sha256 of /);
  });
});
