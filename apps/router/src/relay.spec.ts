import type { Frame, Token } from '@ganglion/contracts';
import { Attempt, NODE, OTHER_NODE, words } from './answer.fixture.js';
import { Relay, type RelayEvent } from './relay.js';

const answer = words('Tokyo is the capital of Japan');
const textOf = (events: RelayEvent[]): string =>
  events.flatMap((event) => (event.type === 'shown' ? event.tokens.map(([, text]) => text) : [])).join('');
const typesOf = (events: RelayEvent[]): string[] => events.map(({ type }) => type);

const hear = (relay: Relay, frames: Frame[], nodeId = NODE): RelayEvent[] =>
  frames.flatMap((frame) => relay.frame(nodeId, frame));

describe('Relay', () => {
  const begin = (tokens: Token[] = answer) => {
    const attempt = new Attempt({ attempt: 1, nodeId: NODE });
    return { relay: new Relay({ choices: 1 }), attempt, frames: attempt.frames(tokens) };
  };

  it('shows the frames of the granted attempt and ends with what was committed', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    expect(textOf(hear(relay, frames))).toBe('Tokyo is the capital of Japan');
    expect(typesOf(relay.control(attempt.finalised()))).toEqual(['finalised']);
    expect(relay.isEnded).toBe(true);
  });

  it('names the index and link of the last token of each piece', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    const [piece] = hear(relay, frames).slice(-1);
    expect(piece).toMatchObject({ type: 'shown', choice: 0, index: 6, link: attempt.head });
  });

  it('holds frames until their attempt is granted', () => {
    const { relay, attempt, frames } = begin();
    expect(hear(relay, frames)).toEqual([]);
    expect(textOf(relay.control(attempt.granted()))).toBe('Tokyo is the capital of Japan');
  });

  it('shows frames in the order of their tokens when they arrive in any other', () => {
    for (const order of [
      [5, 4, 3, 2, 1, 0],
      [1, 0, 3, 2, 5, 4],
      [0, 2, 4, 1, 3, 5],
      [3, 3, 0, 1, 0, 2, 5, 4],
    ]) {
      const { relay, attempt, frames } = begin();
      relay.control(attempt.granted());
      expect(
        textOf(
          hear(
            relay,
            order.map((at) => frames[at]!),
          ),
        ),
      ).toBe('Tokyo is the capital of Japan');
      expect(relay.forged).toBe(0);
    }
  });

  it('shows a repeated frame once', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    expect(textOf(hear(relay, [...frames, ...frames]))).toBe('Tokyo is the capital of Japan');
  });

  it('shows the new part of a frame that overlaps what was shown', () => {
    const { relay, attempt, frames } = begin(answer.slice(0, 2));
    const rest = attempt.frame(answer.slice(2));
    relay.control(attempt.granted());
    hear(relay, frames);
    const wide = { ...rest, from: 2, tokens: answer.slice(1) };
    expect(textOf(relay.frame(NODE, wide))).toBe('the capital of Japan');
  });

  it.each([
    ['another text', (frame: Frame): Frame => ({ ...frame, tokens: [[frame.tokens[0]![0], 'Kyoto ']] })],
    ['another id', (frame: Frame): Frame => ({ ...frame, tokens: [[7, frame.tokens[0]![1]]] })],
    ['another link', (frame: Frame): Frame => ({ ...frame, link: 'ee'.repeat(32) })],
    ['an added token', (frame: Frame): Frame => ({ ...frame, tokens: [...frame.tokens, [9, 'not ']] })],
    ['a text no chain can hold', (frame: Frame): Frame => ({ ...frame, tokens: [[1, '\uD800']] })],
  ])('shows nothing of a frame with %s, and goes on when the true one comes', (_, forge) => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    expect(relay.frame(NODE, forge(frames[0]!))).toEqual([]);
    expect(relay.forged).toBe(1);
    expect(textOf(hear(relay, frames))).toBe('Tokyo is the capital of Japan');
  });

  it('shows nothing that another node says in the name of the granted attempt', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    expect(hear(relay, frames, OTHER_NODE)).toEqual([]);
    expect(relay.dropped).toBe(frames.length);
  });

  it('shows nothing of an attempt that was fenced, whether before or after its grant', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames.slice(0, 2));
    relay.control(attempt.fenced());
    expect(hear(relay, frames.slice(2))).toEqual([]);

    const late = begin();
    late.relay.control(late.attempt.fenced());
    late.relay.control(late.attempt.granted());
    expect(hear(late.relay, late.frames)).toEqual([]);
  });

  it('goes on with the next attempt at the next token', () => {
    const { relay, attempt, frames } = begin(answer.slice(0, 3));
    relay.control(attempt.granted());
    const shown = hear(relay, frames);
    relay.control(attempt.fenced());
    const second = new Attempt({ attempt: 2, nodeId: OTHER_NODE }, { count: 3, head: attempt.head });
    shown.push(
      ...hear(relay, second.frames(answer.slice(3)), OTHER_NODE),
      ...relay.control(second.granted()),
    );
    expect(textOf(shown)).toBe('Tokyo is the capital of Japan');
    expect(typesOf(relay.control(second.finalised()))).toEqual(['finalised']);
  });

  it('repeats nothing when the next attempt starts before what was shown', () => {
    const { relay, attempt, frames } = begin(answer.slice(0, 4));
    relay.control(attempt.granted());
    hear(relay, frames.slice(0, 3));
    const known = new Attempt({ attempt: 1, nodeId: NODE });
    known.frames(answer.slice(0, 1));
    const second = new Attempt({ attempt: 2, nodeId: OTHER_NODE }, { count: 1, head: known.head });
    relay.control(second.granted());
    expect(textOf(hear(relay, second.frames(answer.slice(1)), OTHER_NODE))).toBe('capital of Japan');
    expect(typesOf(relay.control(second.finalised()))).toEqual(['finalised']);
  });

  it('fails as diverged when the next attempt says something else than what was shown', () => {
    const { relay, attempt, frames } = begin(answer.slice(0, 4));
    relay.control(attempt.granted());
    hear(relay, frames.slice(0, 3));
    const second = new Attempt({ attempt: 2, nodeId: OTHER_NODE });
    relay.control(second.granted());
    const events = hear(relay, second.frames(words('Kyoto is nice')), OTHER_NODE);
    expect(events).toMatchObject([{ type: 'failed', reason: { code: 'stream_diverged' } }]);
  });

  it('keeps the choices of an answer apart', () => {
    const relay = new Relay({ choices: 2 });
    const [first, second] = [0, 1].map((choice) => new Attempt({ attempt: 1, nodeId: NODE, choice }));
    const choices = [0, 1].map((choice) => ({ choice, from: 1, head: [first, second][choice]!.startHead }));
    relay.control({ type: 'granted', attempt: 1, nodeId: NODE, choices });
    const [a, b] = [first!.frames(words('one two')), second!.frames(words('three four'))];
    const events = hear(relay, [b[0]!, a[0]!, a[1]!, b[1]!]);
    expect(events).toMatchObject([
      { choice: 1, index: 1 },
      { choice: 0, index: 1 },
      { choice: 0, index: 2 },
      { choice: 1, index: 2 },
    ]);
    expect(textOf(events.filter((event) => event.type === 'shown' && event.choice === 1))).toBe('three four');
  });

  it('bounds what it holds for attempts that are never granted', () => {
    const relay = new Relay({ choices: 1 });
    const flood = Array.from({ length: 5_000 }, (_, at): Frame => ({
      attempt: 1 + (at % 60_000),
      choice: 0,
      from: 1,
      tokens: [[1, 'x'.repeat(1_000)]],
      link: 'ee'.repeat(32),
    }));
    hear(relay, flood, OTHER_NODE);
    expect(relay.dropped).toBeGreaterThan(4_000);
  });
});
