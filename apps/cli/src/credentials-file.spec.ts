import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialFiles, readCredentials } from './credentials-file.js';
import { run } from './terminal.fixture.js';

describe('credentials', () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'credentials-'));
    await mkdir(join(data, 'secrets', 'cli'), { recursive: true });
  });
  afterEach(() => rm(data, { recursive: true }));
  const save = (text: string) => writeFile(join(data, 'secrets', 'cli', 'credentials.json'), text);
  const stored = { url: 'http://127.0.0.1:9', apiKey: 'gk_stored' };

  it('are looked for in the named data directory only, else in all places', () => {
    expect(credentialFiles({ data: '/d', DATA_DIR: '/e' })).toEqual(['/d/secrets/cli/credentials.json']);
    expect(credentialFiles({ DATA_DIR: '/e', SECRETS: '/s', SECRETS_DIR: '/e/secrets/router' })).toEqual([
      '/s/cli/credentials.json',
      '/e/secrets/cli/credentials.json',
      '/e/secrets/cli/credentials.json',
      '.ganglion/secrets/cli/credentials.json',
    ]);
  });

  it('are read from the first file there is', async () => {
    await save(JSON.stringify(stored));
    expect(readCredentials({ SECRETS: '/nowhere', DATA_DIR: data })).toMatchObject(stored);
    expect(readCredentials({ data: '/nowhere' })).toBeUndefined();
  });

  it('that are damaged are told with their file', async () => {
    await save('{"url":');
    expect(() => readCredentials({ data })).toThrow(join(data, 'secrets/cli/credentials.json'));
  });

  it('are shown to people and to programs', async () => {
    await save(JSON.stringify(stored));
    expect(await run(['credentials', '--data', data])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/URL\s+http:\/\/127\.0\.0\.1:9\nAPI key\s+gk_stored\n/),
    });
    const { out } = await run(['credentials', '--data', data, '--json']);
    expect(JSON.parse(out)).toEqual(stored);
  });

  it('that are missing end the command with 1, naming the place', async () => {
    const { code, err } = await run(['credentials', '--data', data]);
    expect(code).toBe(1);
    expect(err).toContain(data);
  });

  it('are not sent to another address than their own', async () => {
    await save(JSON.stringify(stored));
    const { code, err } = await run(['status', '--data', data, '--url', 'http://127.0.0.1:10']);
    expect(code).toBe(2);
    expect(err).toMatch(/no API key for http:\/\/127\.0\.0\.1:10/);
  });

  it('of a network that does not run end a command with 3', async () => {
    await save(JSON.stringify(stored));
    const { code, err } = await run(['status', '--data', data]);
    expect(code).toBe(3);
    expect(err).toMatch(/cannot be reached/);
  });
});
