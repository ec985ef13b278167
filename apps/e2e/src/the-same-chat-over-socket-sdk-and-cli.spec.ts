import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt } from '@ganglion/commitment';
import { GanglionError, type Piece } from '@ganglion/sdk';
import { NetworkAddress } from '@ganglion/testkit';
import { clientOf, JAPAN, question, STORY } from './client.fixture.js';
import { ganglion } from './command.fixture.js';

const all = async (pieces: AsyncIterable<Piece>): Promise<Piece[]> => {
  const heard: Piece[] = [];
  for await (const piece of pieces) heard.push(piece);
  return heard;
};
const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');

describe('the same chat', () => {
  let network: NetworkAddress;
  let answer: string;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    answer = (await clientOf(network).chat(question(JAPAN))).text;
    expect(answer).toContain('Tokyo');
  });

  describe('over socket.io', () => {
    it('comes in pieces, and ends with usage and the path of a receipt that holds', async () => {
      const client = clientOf(network);
      const socket = client.socket();
      try {
        const task = await socket.submit(question(JAPAN));
        const pieces = await all(task);
        expect(textOf(pieces)).toBe(answer);
        const final = await task.final;
        expect(final).toMatchObject({
          taskId: task.taskId,
          state: 'FINALISED',
          choices: [{ choice: 0, finish: 'stop' }],
          receipt: `/v1/tasks/${task.taskId}/receipt`,
        });
        const receipt = await client.tasks.receipt(task.taskId);
        expect(final.usage.completion_tokens).toBe(receipt.completionTokens);
        expect(await client.verify(receipt)).toMatchObject({ ok: true, text: [answer] });
      } finally {
        socket.close();
      }
    });

    it('runs several tasks at once without mixing their texts', async () => {
      const client = clientOf(network);
      const socket = client.socket();
      try {
        const tasks = await Promise.all(
          [JAPAN, STORY, JAPAN].map((content) => socket.submit(question(content, { max_tokens: 30 }))),
        );
        const texts = (await Promise.all(tasks.map(all))).map(textOf);
        const results = await Promise.all(tasks.map(({ taskId }) => client.tasks.get(taskId)));
        expect(texts).toEqual(results.map(({ result }) => result!.choices[0]!.text));
        expect([texts[0], texts[2]]).toEqual([answer, answer]);
      } finally {
        socket.close();
      }
    });

    it('is refused to a wrong key, with the router’s own error', async () => {
      const socket = clientOf(network, 'gk_wrong').socket();
      await expect(socket.submit(question(JAPAN))).rejects.toThrow(GanglionError);
      await expect(socket.submit(question(JAPAN))).rejects.toMatchObject({ code: 'invalid_api_key' });
      socket.close();
    });

    it('is refused with the name of the wrong field', async () => {
      const socket = clientOf(network).socket();
      try {
        await expect(socket.submit(question(JAPAN, { max_tokens: 0 }))).rejects.toMatchObject({
          param: 'max_tokens',
        });
      } finally {
        socket.close();
      }
    });
  });

  describe('over the SDK', () => {
    it('is streamed with rising indices, and its receipt is checked', async () => {
      const client = clientOf(network);
      const stream = await client.stream(question(JAPAN));
      const pieces = await all(stream);
      expect(textOf(pieces)).toBe(answer);
      const indices = pieces.map(({ index }) => index);
      expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
      const { taskId, usage, text } = await stream.final;
      expect(text).toBe(answer);
      const receipt = await client.tasks.receipt(taskId);
      expect(usage.completion_tokens).toBe(receipt.choices[0]!.tokens.length);
      expect(await client.verify(receipt)).toMatchObject({ ok: true });
      expect(await client.verify({ ...receipt, completionTokens: 1 })).toMatchObject({ ok: false });
    });
  });

  describe('by the ganglion command', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ganglion-e2e-'));
    });
    afterAll(() => rm(folder, { recursive: true }));
    const asKeyHolder = () => ({ GANGLION_URL: network.url, GANGLION_API_KEY: network.apiKey });

    it('is printed', async () => {
      expect(await ganglion(['chat', JAPAN], asKeyHolder())).toEqual({
        code: 0,
        out: `${answer}\n`,
        err: '',
      });
    });

    it('leaves a receipt, which verify accepts; it refuses one that was tampered with', async () => {
      const file = join(folder, 'receipt.json');
      const asked = await ganglion(['chat', JAPAN, '--receipt', file], asKeyHolder());
      expect(asked).toMatchObject({ code: 0, out: `${answer}\n` });

      const good = await ganglion(['verify', file, '--url', network.url]);
      expect(good).toMatchObject({ code: 0, out: expect.stringContaining('The receipt holds.') });
      const offline = ['--key', await clientOf(network).networkKey()];
      expect(await ganglion(['verify', file, ...offline])).toMatchObject({ code: 0 });

      const receipt = JSON.parse(await readFile(file, 'utf8')) as Receipt;
      receipt.choices[0]!.tokens[6]![1] = ' Ky';
      await writeFile(file, JSON.stringify(receipt));
      const bad = await ganglion(['verify', file, ...offline]);
      expect(bad).toMatchObject({ code: 1, out: expect.stringMatching(/✗ chain/) });
    });

    it('knows key and address from the data directory, and shows them to whoever may read it', async () => {
      const data = ['--data', network.dataDir];
      const shown = await ganglion(['credentials', ...data, '--json']);
      expect(JSON.parse(shown.out)).toMatchObject({ url: network.url, apiKey: network.apiKey });
      expect(await ganglion(['chat', JAPAN, ...data])).toMatchObject({ code: 0, out: `${answer}\n` });
    });

    it('is preceded by a look at the network’s status', async () => {
      const { code, out } = await ganglion(['status', '--json'], asKeyHolder());
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        ready: true,
        models: [{ id: 'tiny' }],
        nodes: expect.arrayContaining([expect.objectContaining({ model: 'tiny' })]),
      });
    });
  });
});
