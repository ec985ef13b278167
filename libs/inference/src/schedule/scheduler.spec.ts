import type { GeneratedToken, GenerateRequest, ModelInfo, Score, ScoreRequest } from '../engine.js';
import { readModel } from '../model/model.js';
import { openDecoder } from '../runtime/open-decoder.js';
import { chat, request, TINY } from '../testing/tiny-engine.js';
import { WatchedDecoder } from '../testing/watched-decoder.js';
import { Formats } from '../grammar/formats.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import { Completion } from './completion.js';
import { Scheduler } from './scheduler.js';
import { Scoring } from './scoring.js';

const ROWS = 3;
let info: ModelInfo;
let encoder: PromptEncoder;
let formats: Formats;
let decoder: WatchedDecoder;

beforeAll(async () => {
  info = await readModel(TINY);
  encoder = await PromptEncoder.load(TINY);
  formats = new Formats(info, encoder);
});

beforeEach(async () => {
  const graph = 'onnx/model_int8.onnx';
  const own = { binding: 'c-api', provider: 'cpu', graph } as const;
  const settings = { ...own, mayShrink: false, slots: ROWS, threads: 1 };
  decoder = new WatchedDecoder((await openDecoder(info, settings)).decoder);
});

afterEach(() => decoder.close());

interface Outcome {
  tokens: number[];
  end: 'ended' | 'failed';
  score?: Score;
}

/** A scheduler over the watched decoder, and what became of each completion. */
class Desk {
  readonly order: string[] = [];
  readonly scheduler: Scheduler;
  readonly #open = new Map<number, { name: string; tokens: number[]; settle: (outcome: Outcome) => void }>();
  #nextId = 1;

  constructor(room = Infinity) {
    const finish = (id: number, end: Outcome['end'], score?: Score): void => {
      const { name, tokens, settle } = this.#open.get(id)!;
      this.#open.delete(id);
      this.order.push(`${name} ${end}`);
      settle({ tokens, end, ...(score ? { score } : {}) });
    };
    this.scheduler = new Scheduler(decoder, room, {
      token: (id, token) => this.#take(id, token),
      ended: (id) => finish(id, 'ended'),
      scored: (id, score) => finish(id, 'ended', score),
      failed: (id) => finish(id, 'failed'),
    });
  }

  ask(name: string, what: GenerateRequest): { id: number; outcome: Promise<Outcome> } {
    return this.#add(name, new Completion({ info, encoder, formats }, what));
  }

  score(name: string, what: ScoreRequest): { id: number; outcome: Promise<Outcome> } {
    return this.#add(name, new Scoring({ info, encoder, formats }, what));
  }

  #add(name: string, work: Completion | Scoring): { id: number; outcome: Promise<Outcome> } {
    const id = this.#nextId++;
    const outcome = new Promise<Outcome>((settle) => this.#open.set(id, { name, tokens: [], settle }));
    this.scheduler.add(id, work);
    return { id, outcome };
  }

  #take(id: number, token: GeneratedToken): void {
    const { name, tokens } = this.#open.get(id)!;
    if (tokens.length === 0) this.order.push(`${name} begins`);
    tokens.push(token.id);
  }
}

/** Text of very nearly so many tokens, of which only the last few depend on `end`. */
const long = (words: number, end = ''): GenerateRequest['prompt'] =>
  chat('apple river '.repeat(words / 2) + end);

const runsOf = (row: number): number[] =>
  decoder.deeds.flatMap((deed) => (deed.kind === 'prefill' && deed.row === row ? [deed.tokens] : []));

describe('the scheduler', () => {
  it('decodes between the pieces of a long prompt', async () => {
    const desk = new Desk();
    const story = desk.ask('story', request(chat('Tell me a story.'), { maxTokens: 40 }));
    const slow = desk.ask('long', request(long(400), { maxTokens: 2 }));
    await Promise.all([story.outcome, slow.outcome]);
    const kinds = decoder.deeds.map(({ kind }) => kind).slice(1, 13);
    expect(kinds).toEqual(Array.from({ length: 6 }, () => ['decode', 'prefill']).flat());
    expect(runsOf(1).every((tokens) => tokens <= 79)).toBe(true);
  });

  it('lets a short prompt go between the pieces of a long one', async () => {
    const desk = new Desk();
    const slow = desk.ask('long', request(long(600), { maxTokens: 1 }));
    const quick = desk.ask('short', request(chat('Capital of Peru?'), { maxTokens: 3 }));
    await Promise.all([slow.outcome, quick.outcome]);
    expect(desk.order).toEqual(['short begins', 'short ended', 'long begins', 'long ended']);
  });

  it('runs the tokens of all answers under way together', async () => {
    const desk = new Desk();
    const answers = [1, 2, 3].map((seed) =>
      desk.ask(`${seed}`, request(chat('Tell me a story.'), { maxTokens: 20, temperature: 1, seed })),
    );
    await Promise.all(answers.map(({ outcome }) => outcome));
    expect(decoder.deeds).toContainEqual({ kind: 'decode', rows: [0, 1, 2] });
    const steps = decoder.deeds.filter(({ kind }) => kind === 'decode');
    expect(steps.length).toBeLessThan(2 * 20);
  });

  it('gives the row of an answer that ended to the next at once, and keeps rows close together', async () => {
    const desk = new Desk();
    const lengths = [5, 30, 30, 30];
    const answers = lengths.map((maxTokens, at) =>
      desk.ask(`${at}`, request(chat(`Tell me a story about a fox ${at}.`), { maxTokens, temperature: 1 })),
    );
    await Promise.all(answers.map(({ outcome }) => outcome));
    const begins = desk.order.indexOf('3 begins');
    expect(begins).toBeGreaterThan(desk.order.indexOf('0 ended'));
    expect(begins).toBeLessThan(desk.order.indexOf('1 ended'));
    for (const deed of decoder.deeds) {
      // Between two rows that decode there may be one that is not computed yet, never one that nobody has.
      if (deed.kind === 'decode') expect(deed.rows.at(-1)! - deed.rows.length).toBeLessThanOrEqual(0);
    }
  });

  it('computes a beginning that prompts share once', async () => {
    const desk = new Desk();
    const asks = ['What then?', 'And why?', 'How?'].map((end) =>
      desk.ask(end, request(long(300, end), { maxTokens: 4 })),
    );
    const together = await Promise.all(asks.map(({ outcome }) => outcome));
    const computed = [0, 1, 2].map((row) => runsOf(row).reduce((sum, tokens) => sum + tokens, 0));
    expect(computed[0]).toBeGreaterThan(300);
    expect(computed[1]).toBeLessThan(80);
    expect(computed[2]).toBeLessThan(80);
    decoder.deeds.length = 0;
    const again = await desk.ask('again', request(long(300, 'And why?'), { maxTokens: 4 })).outcome;
    expect(again).toEqual(together[1]);
    expect(decoder.deeds.filter(({ kind }) => kind === 'prefill')).toHaveLength(1);
  });

  it('ends a cancelled prompt in the middle of a run, and gives its row away', async () => {
    const desk = new Desk();
    const others = [1, 2].map((seed) =>
      desk.ask(`${seed}`, request(chat('Tell me a story.'), { maxTokens: 60, temperature: 1, seed })),
    );
    const slow = desk.ask('long', request(long(700), { maxTokens: 50 }));
    const next = desk.ask('next', request(chat('Capital of Peru?')));
    decoder.onRun = (deed) => {
      if (deed.kind === 'prefill' && deed.row === 2) desk.scheduler.cancel(slow.id);
    };
    expect(await slow.outcome).toEqual({ tokens: [], end: 'ended' });
    decoder.onRun = () => undefined;
    expect((await next.outcome).tokens.length).toBeGreaterThan(3);
    expect(runsOf(2).slice(0, 1)).toEqual([64]);
    for (const { outcome } of others) expect((await outcome).end).toBe('ended');
  });

  it('runs a claim in pieces between the steps of answers, which are the same for it', async () => {
    const claimed = Array.from({ length: 200 }, (_, at) => 5 + at);
    const story = request(chat('Tell me a story.'), { maxTokens: 40, temperature: 1 });
    const alone = await new Desk().ask('story', story).outcome;
    decoder.deeds.length = 0;
    const desk = new Desk();
    const among = desk.ask('story', story);
    const score = desk.score('claim', { ...request(chat('Count from 10 to 99.')), claimed });
    expect((await score.outcome).score!.gaps).toHaveLength(200);
    expect(await among.outcome).toEqual(alone);
    const pieces = decoder.deeds.flatMap((deed) => (deed.kind === 'score' ? [deed.tokens] : []));
    expect(pieces).toEqual([64, 64, 64, 7]);
    const kinds = decoder.deeds.map(({ kind }) => kind);
    for (const [at, kind] of kinds.entries()) if (kind === 'score') expect(kinds[at + 1]).toBe('decode');
  });

  it('computes the beginning that a claim shares with a prompt once', async () => {
    const desk = new Desk();
    const what = request(long(300, 'What then?'), { maxTokens: 20 });
    const { tokens } = await desk.ask('answer', what).outcome;
    decoder.deeds.length = 0;
    const { score } = await desk.score('claim', { ...what, claimed: tokens }).outcome;
    expect(decoder.deeds.map(({ kind }) => kind)).toEqual(['prefill', 'score']);
    expect(score!.chosen[0]).toBe(tokens[0]);
  });

  it('ends a cancelled claim in the middle of a run, and gives its row away', async () => {
    const desk = new Desk();
    const claimed = Array.from({ length: 500 }, (_, at) => 5 + at);
    const claims = [1, 2, 3].map((name) =>
      desk.score(`${name}`, { ...request(chat('Count from 10 to 99.')), claimed }),
    );
    const next = desk.ask('next', request(chat('Capital of Peru?')));
    let runs = 0;
    decoder.onRun = (deed) => {
      if (deed.kind === 'score' && deed.row === 1 && ++runs === 2) desk.scheduler.cancel(claims[1]!.id);
    };
    expect(await claims[1]!.outcome).toEqual({ tokens: [], end: 'ended' });
    expect((await next.outcome).tokens.length).toBeGreaterThan(3);
    const [first, , third] = await Promise.all(claims.map(({ outcome }) => outcome));
    expect(first!.score).toEqual(third!.score);
    expect(first!.score!.gaps).toHaveLength(500);
    expect(runs).toBe(2);
  });

  it('takes no more answers than their attention state has room for', async () => {
    const desk = new Desk(400);
    const asks = [1, 2, 3].map((seed) =>
      desk.ask(`${seed}`, request(chat('Tell me a story.'), { maxTokens: 150, temperature: 1, seed })),
    );
    const everything = desk.ask('everything', request(chat('Tell me a story.'), { maxTokens: 900 }));
    await Promise.all([...asks, everything].map(({ outcome }) => outcome));
    const widths = decoder.deeds.flatMap((deed) => (deed.kind === 'decode' ? [deed.rows.length] : []));
    expect(Math.max(...widths)).toBe(2);
    expect(desk.order.at(-2)).toBe('everything begins');
  });

  it('cancels what waits, and knows nothing of what has ended', async () => {
    const desk = new Desk();
    const asks = [1, 2, 3, 4].map((seed) =>
      desk.ask(`${seed}`, request(chat('Tell me a story.'), { maxTokens: 10, temperature: 1, seed })),
    );
    desk.scheduler.cancel(asks[3]!.id);
    expect(await asks[3]!.outcome).toEqual({ tokens: [], end: 'ended' });
    await Promise.all(asks.map(({ outcome }) => outcome));
    for (const { id } of asks) desk.scheduler.cancel(id);
    expect(desk.order).toHaveLength(7);
  });
});
