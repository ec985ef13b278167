import { checkVersion, parseVersion } from './version-gate.js';

describe('the version gate', () => {
  it('lets everyone in when no version is asked for', () => {
    expect(() => checkVersion('whatever', undefined)).not.toThrow();
  });

  it.each(['ganglion-node/1.2.3', 'ganglion-node/1.2.4', 'other/1.10.0', '2.0.0', 'node/1.2.3-rc.1+build/7'])(
    'lets %s in where 1.2.3 is needed',
    (declared) => {
      expect(() => checkVersion(declared.replace('/7', ''), [1, 2, 3])).not.toThrow();
    },
  );

  it.each(['ganglion-node/1.2.2', 'ganglion-node/1.1.9', 'ganglion-node/0.9.9'])(
    'refuses %s there, with the remedy',
    (declared) => {
      expect(() => checkVersion(declared, [1, 2, 3])).toThrow(
        `declared.version: ${declared} is too old; update the miner to 1.2.3 or later`,
      );
    },
  );

  it.each(['', 'ganglion-node', 'ganglion-node/new', 'ganglion-node/1.2', `node/${'9'.repeat(40)}.0.0`])(
    'refuses %j, which tells no version',
    (declared) => {
      expect(() => checkVersion(declared, [1, 2, 3])).toThrow(/tells no version; this network needs 1\.2\.3/);
    },
  );

  it('reads versions of three numbers only', () => {
    expect(parseVersion('10.0.12')).toEqual([10, 0, 12]);
    for (const text of ['', '1', '1.2', 'v1.2.3', '1.2.3.4', '1.2.x'])
      expect(parseVersion(text)).toBeUndefined();
  });
});
