import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from './nats-server.js';
import { natsRelease, releasePlatform, releaseUrl } from './nats-release.js';

describe('the search for a nats-server', () => {
  let folder: string;
  let impostor: Server;
  let impostorUrl: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-finder-'));
    impostor = createServer((_request, response) => response.end('not the archive'));
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    impostorUrl = `http://127.0.0.1:${(impostor.address() as AddressInfo).port}/nats-server.tar.gz`;
  });
  afterAll(async () => {
    impostor.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A program that says it is this version of nats-server. */
  const pretend = async (name: string, version: string): Promise<string> => {
    const place = join(folder, name);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'nats-server'), `#!/bin/sh\necho "nats-server: v${version}"\n`);
    await chmod(join(place, 'nats-server'), 0o755);
    return place;
  };
  const nowhere = { releaseUrl: 'http://127.0.0.1:1/', debian: '/no/apt-get' };

  it('takes the one of PATH first', async () => {
    const path = [await pretend('path', '2.11.0')];
    const cache = await pretend('cache', '2.12.8');
    expect(await findNatsServer({ path, cache, ...nowhere })).toBe(join(path[0] as string, 'nats-server'));
  });

  it('passes over one that is too old', async () => {
    const path = [await pretend('old', '2.8.4')];
    const cache = await pretend('newer', '2.10.0');
    expect(await findNatsServer({ path, cache, ...nowhere })).toBe(join(cache, 'nats-server'));
  });

  it('refuses an archive whose digest is not the pinned one', async () => {
    const search = findNatsServer({
      path: [],
      cache: join(folder, 'none'),
      ...nowhere,
      releaseUrl: impostorUrl,
    });
    await expect(search).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, expected/);
  });

  it('says everything it tried and what to do', async () => {
    const search = findNatsServer({ path: [], cache: join(folder, 'none'), ...nowhere });
    await expect(search).rejects.toThrow(
      /Tried:\n {2}PATH: .+\n {2}cache .+\n {2}official release .+could not be reached.+\n {2}Debian's package: .+\nInstall one/,
    );
  });

  it('knows an archive for every platform that the network starts on', () => {
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'x64'],
      ['darwin', 'arm64'],
    ] as const) {
      const name = releasePlatform(platform, arch);
      expect(name && natsRelease.archives[name]).toMatch(/^[0-9a-f]{64}$/);
      expect(name && releaseUrl(name)).toContain(`-${platform}-`);
    }
    expect(releasePlatform('win32', 'x64')).toBeUndefined();
  });
});
