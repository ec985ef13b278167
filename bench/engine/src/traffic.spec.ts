import { setImmediate as turn } from 'node:timers/promises';
import type { BenchRequest } from './contender.js';
import { Traffic } from './traffic.js';

/** What is complete when, in order. */
class Record {
  readonly calls: (readonly BenchRequest[])[] = [];
  most = 0;
  #running = 0;

  readonly complete = async (requests: readonly BenchRequest[]): Promise<void> => {
    this.calls.push(requests);
    this.#running += requests.length;
    this.most = Math.max(this.most, this.#running);
    for (let at = 0; at < Math.max(...requests.map(({ tokens }) => tokens)); at++) await turn();
    this.#running -= requests.length;
  };
}

const work = (traffic: Traffic): string =>
  traffic.requests
    .flat()
    .map(({ tokens }) => tokens)
    .sort((one, other) => one - other)
    .join(' ');

describe('traffic', () => {
  const nothing = async (): Promise<void> => undefined;

  it('is the same work for every seed, in another order and with other prompts', () => {
    const [one, other] = [new Traffic(8, 1, nothing), new Traffic(8, 2, nothing)];
    expect(work(one)).toBe(work(other));
    expect(one.requests).not.toEqual(other.requests);
    const texts = [one, other].flatMap(({ requests }) => requests.flat().map(({ text }) => text));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('has more short requests than long ones', () => {
    const { requests } = new Traffic(8, 1, nothing);
    const prompts = requests.flat().map(({ text }) => text.length);
    const tokens = requests.flat().map((request) => request.tokens);
    for (const [lengths, least, most] of [[prompts, 16, 256] as const, [tokens, 32, 256] as const]) {
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(most);
      const mean = Math.sqrt(least * most);
      expect(lengths.filter((length) => length < mean)).toHaveLength(12);
    }
  });

  it('joins: no client waits for another', async () => {
    const record = new Record();
    const traffic = new Traffic(8, 1, record.complete);
    expect(await traffic.joining()).toBeGreaterThan(0);
    expect(record.most).toBe(8);
    expect(record.calls).toHaveLength(24);
  });

  it('goes one by one, the clients in turn', async () => {
    const record = new Record();
    const traffic = new Traffic(8, 1, record.complete);
    await traffic.oneByOne();
    expect(record.most).toBe(1);
    expect(record.calls.slice(0, 8).flat()).toEqual(traffic.requests.map(([first]) => first));
  });

  it('is gathered: a batch of all clients after another', async () => {
    const record = new Record();
    await new Traffic(8, 1, record.complete).gathered();
    expect(record.calls.map((requests) => requests.length)).toEqual([8, 8, 8]);
    expect(record.most).toBe(8);
  });
});
