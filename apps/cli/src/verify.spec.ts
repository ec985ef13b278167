import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './terminal.fixture.js';

interface Vector {
  publicKey: string;
  text: string[];
  receipt: { choices: { tokens: [number, string][] }[] };
}

describe('ganglion verify', () => {
  let directory: string;
  let vector: Vector;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'verify-'));
    const file = join(import.meta.dirname, '../../../libs/commitment/vectors/receipts.json');
    [vector] = JSON.parse(await readFile(file, 'utf8')) as [Vector];
  });
  afterAll(() => rm(directory, { recursive: true }));

  const save = async (receipt: unknown): Promise<string> => {
    const file = join(directory, 'receipt.json');
    await writeFile(file, typeof receipt === 'string' ? receipt : JSON.stringify(receipt));
    return file;
  };

  it('prints each check of a receipt that holds, and its text, without the network', async () => {
    const { code, out, err } = await run(['verify', await save(vector.receipt), '--key', vector.publicKey]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/✓/g)).toHaveLength(9);
    expect(out).toContain(vector.text[0]);
    expect(out).not.toContain('\u001B');
  });

  it('reads a receipt from standard input', async () => {
    const { code } = await run(['verify', '-', '--key', vector.publicKey], JSON.stringify(vector.receipt));
    expect(code).toBe(0);
  });

  it('exits with 1 and says which check failed when one word is another', async () => {
    const forged = structuredClone(vector.receipt);
    forged.choices[0]!.tokens[0]![1] = 'Kyoto';
    const { code, out } = await run(['verify', await save(forged), '--key', vector.publicKey]);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ chain/);
    expect(out).toMatch(/✗ network/);
    expect(out).toContain('does not hold');
  });

  it('claims nothing of what it could not check', async () => {
    const { code, out } = await run(['verify', await save({ hello: 1 }), '--key', vector.publicKey]);
    expect(code).toBe(1);
    expect(out).not.toMatch(/✓/);
  });

  it('answers programs with JSON', async () => {
    const { out } = await run(['--json', 'verify', await save(vector.receipt), '--key', vector.publicKey]);
    expect(JSON.parse(out)).toMatchObject({ ok: true, text: vector.text });
  });

  it.each([
    [
      'a file that is not there',
      () => ['verify', '/nowhere/receipt.json', '--key', 'ab'.repeat(32)],
      /cannot be read/,
    ],
    ['a file that is no JSON', async () => ['verify', await save('{'), '--key', 'ab'.repeat(32)], /not JSON/],
    ['a key that is none', async () => ['verify', await save({}), '--key', 'zz'], /64 lowercase hex/],
  ])('exits with 2 for %s', async (_, args, message) => {
    const { code, err } = await run(await args());
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
