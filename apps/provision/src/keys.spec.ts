import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { modulePermissions } from '@ganglion/contracts';
import { parseCreds } from '@nats-io/jwt';
import { keepCredentials } from './broker-user.js';
import { type KeysSettings, provideKeys } from './keys.js';
import { fromSeed } from '@nats-io/nkeys';

describe('provision keys', () => {
  let made: string;
  let folder: string;
  let settings: KeysSettings;
  const settingsIn = (place: string): KeysSettings => ({
    secrets: join(place, 'secrets'),
    brokerConfigFile: join(place, 'nats', 'nats.conf'),
    broker: { host: '127.0.0.1', port: 4222, storeDir: '/store', resolverDir: '/jwt' },
    publicUrl: 'http://127.0.0.1:8080',
  });
  beforeAll(async () => {
    made = await mkdtemp(join(tmpdir(), 'ganglion-keys-'));
    await provideKeys(settingsIn(made));
  });
  afterAll(() => rm(made, { recursive: true, force: true }));
  // Each on a copy: making the keys takes seconds.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-keys-'));
    settings = settingsIn(folder);
    await cp(made, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const text = async (...path: string[]): Promise<string> =>
    (await readFile(join(folder, 'secrets', ...path), 'utf8')).trim();
  const everything = async (): Promise<Record<string, string>> => {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    const entries = files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const path = join(parentPath, name);
      return [path.slice(folder.length), await readFile(path, 'utf8')];
    });
    return Object.fromEntries(await Promise.all(entries));
  };

  it('changes nothing when it runs again', async () => {
    const first = await everything();
    await provideKeys(settings);
    expect(await everything()).toEqual(first);
    expect(Object.keys(first).length).toBeGreaterThan(25);
  });

  it('agrees on one set of keys when two runs race', async () => {
    await rm(settings.secrets, { recursive: true });
    await Promise.all([provideKeys(settings), provideKeys(settings)]);
    const { apiKey, joinToken } = JSON.parse(await text('cli', 'credentials.json')) as Record<string, string>;
    expect(apiKey).toMatch(/^gk_[0-9A-Za-z]{32}$/);
    expect(joinToken).toMatch(/^gt_[0-9A-Za-z]{32}$/);
    expect(await text('miner', 'join-token')).toBe(joinToken);
  });

  it('gives the owners of key and token the hashes, and only those', async () => {
    const { apiKey = '', joinToken = '' } = JSON.parse(await text('cli', 'credentials.json')) as Record<
      string,
      string
    >;
    const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
    expect(await text('session', 'first-api-key.hash')).toBe(sha256(apiKey));
    expect(await text('node-pool', 'first-join-token.hash')).toBe(sha256(joinToken));
    const files = Object.entries(await everything());
    expect(files.filter(([, content]) => content.includes(apiKey)).map(([path]) => path)).toEqual([
      '/secrets/cli/credentials.json',
    ]);
    expect(
      files
        .filter(([, content]) => content.includes(joinToken))
        .map(([path]) => path)
        .toSorted(),
    ).toEqual(['/secrets/cli/credentials.json', '/secrets/miner/join-token']);
  });

  it('makes no second API key when the operator has taken the first one away', async () => {
    const hash = await text('session', 'first-api-key.hash');
    await rm(join(folder, 'secrets', 'cli', 'credentials.json'));
    await provideKeys(settings);
    expect(await text('session', 'first-api-key.hash')).toBe(hash);
    await expect(text('cli', 'credentials.json')).rejects.toThrow(/ENOENT/);
  });

  it('writes files that only their owner can read', async () => {
    for (const path of Object.keys(await everything()).filter((each) => each.startsWith('/secrets')))
      expect([path, ((await stat(join(folder, path))).mode & 0o777).toString(8)]).toEqual([path, '600']);
    expect((await stat(join(folder, 'secrets', 'session'))).mode & 0o777).toBe(0o700);
  });

  it('signs a credential anew, for the same key, when its rights have changed', async () => {
    const path = join(folder, 'secrets', 'session', 'nats.creds');
    const account = fromSeed(new TextEncoder().encode(await text('provision', 'account.seed')));
    const before = await parseCreds(await readFile(path));
    await keepCredentials(path, 'session', { publish: ['old'], subscribe: ['old'] }, account);
    expect((await parseCreds(await readFile(path))).uc.nats.pub).toEqual({ allow: ['old'] });
    await provideKeys(settings);
    const after = await parseCreds(await readFile(path));
    expect(after.key).toBe(before.key);
    expect(after.uc.nats.pub).toEqual({ allow: [...modulePermissions('session').publish] });
  });

  it('follows a changed address in what may change', async () => {
    const { apiKey } = JSON.parse(await text('cli', 'credentials.json')) as { apiKey: string };
    await provideKeys({
      ...settings,
      broker: { ...settings.broker, port: 5555 },
      publicUrl: 'http://127.0.0.1:9',
    });
    expect(await readFile(settings.brokerConfigFile, 'utf8')).toContain('port: 5555');
    expect(JSON.parse(await text('cli', 'credentials.json'))).toMatchObject({
      url: 'http://127.0.0.1:9',
      apiKey,
    });
  });

  it('names a damaged file and the remedy', async () => {
    await writeFile(join(folder, 'secrets', 'provision', 'account.seed'), '');
    await expect(provideKeys(settings)).rejects.toThrow(/account\.seed is empty: restore it/);
  });
});
