import type { Frame, Token } from '@ganglion/contracts';
import { Attempt, NODE, TASK_ID, words } from './answer.fixture.js';
import { Relay, type RelayEvent } from './relay.js';

const answer = words('Tokyo is the capital of Japan');
const textOf = (events: RelayEvent[]): string =>
  events.flatMap((event) => (event.type === 'shown' ? event.tokens.map(([, text]) => text) : [])).join('');
const typesOf = (events: RelayEvent[]): string[] => events.map(({ type }) => type);

const hear = (relay: Relay, frames: Frame[], nodeId = NODE): RelayEvent[] =>
  frames.flatMap((frame) => relay.frame(nodeId, frame));

describe('the end of a relayed answer', () => {
  const begin = (tokens: Token[] = answer) => {
    const attempt = new Attempt({ attempt: 1, nodeId: NODE });
    return { relay: new Relay({ choices: 1 }), attempt, frames: attempt.frames(tokens) };
  };

  it('fills a lost tail from the validated result', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    const shown = hear(relay, frames.slice(0, 2));
    expect(typesOf(relay.control(attempt.finalised()))).toEqual(['incomplete']);
    expect(hear(relay, frames.slice(2))).toEqual([]);
    const rest = relay.complete(attempt.result(answer));
    expect(textOf([...shown, ...rest])).toBe('Tokyo is the capital of Japan');
    expect(typesOf(rest)).toEqual(['shown', 'finalised']);
    expect(rest[0]).toMatchObject({ index: 6, link: attempt.head });
  });

  it('fills a gap in the middle from the validated result', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    const shown = hear(
      relay,
      frames.filter((_, at) => at !== 2),
    );
    expect(textOf(shown)).toBe('Tokyo is ');
    relay.control(attempt.finalised());
    expect(textOf([...shown, ...relay.complete(attempt.result(answer))])).toBe(
      'Tokyo is the capital of Japan',
    );
  });

  it('fails as diverged when the committed head is not that of the streamed tokens', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames);
    const other = new Attempt({ attempt: 1, nodeId: NODE });
    other.frames(words('Kyoto is the capital of Japan'));
    expect(relay.control(other.finalised())).toMatchObject([
      { type: 'failed', state: 'FAILED', reason: { code: 'stream_diverged' } },
    ]);
  });

  it('fails as diverged when fewer tokens were committed than streamed', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames);
    const shorter = new Attempt({ attempt: 1, nodeId: NODE });
    shorter.frames(answer.slice(0, 3));
    expect(relay.control(shorter.finalised())).toMatchObject([{ type: 'failed' }]);
  });

  it('fails as diverged when the result that fills a tail does not begin with what was shown', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames.slice(0, 2));
    relay.control(attempt.finalised());
    const events = relay.complete(attempt.result(words('Kyoto is the capital of Japan')));
    expect(events).toMatchObject([{ type: 'failed', reason: { code: 'stream_diverged' } }]);
  });

  it('ends a cancelled answer with what was accepted', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames);
    const accepted = new Attempt({ attempt: 1, nodeId: NODE });
    accepted.frames(answer.slice(0, 4));
    expect(relay.control(accepted.finalised('CANCELLED'))).toMatchObject([
      { type: 'finalised', record: { state: 'CANCELLED', completionTokens: 4 } },
    ]);
  });

  it('ends an empty answer', () => {
    const { relay, attempt } = begin([]);
    relay.control(attempt.granted());
    expect(typesOf(relay.control(attempt.finalised()))).toEqual(['finalised']);
  });

  it('ends once, whatever comes after', () => {
    const { relay, attempt, frames } = begin();
    relay.control(attempt.granted());
    hear(relay, frames);
    relay.control(attempt.finalised());
    const failed = {
      type: 'failed' as const,
      taskId: TASK_ID,
      state: 'FAILED' as const,
      reason: { code: 'x', message: 'y' },
    };
    expect([...relay.control(attempt.finalised()), ...relay.control(failed), ...hear(relay, frames)]).toEqual(
      [],
    );
    expect(relay.complete(attempt.result(answer))).toEqual([]);
  });

  it('shows nothing before the end when it is silent', () => {
    const attempt = new Attempt({ attempt: 1, nodeId: NODE });
    const relay = new Relay({ choices: 1, silent: true });
    const early = [...relay.control(attempt.granted()), ...hear(relay, attempt.frames(answer))];
    expect(early).toEqual([]);
    expect(typesOf(relay.control(attempt.finalised()))).toEqual(['incomplete']);
    expect(textOf(relay.complete(attempt.result(answer)))).toBe('Tokyo is the capital of Japan');
  });
});
