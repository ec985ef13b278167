import type { Frame, PositionLogprobs, Token } from '@ganglion/contracts';
import { Attempt, NODE, words } from './answer.fixture.js';
import { Relay, type RelayEvent } from './relay.js';

const answer = words('Tokyo is the capital of Japan');
const logprobsOf = (tokens: readonly Token[]): PositionLogprobs[] =>
  tokens.map(([id, text]) => [[id, -id, text]]);
const logged = (frame: Frame): Frame => ({ ...frame, logprobs: logprobsOf(frame.tokens) });

/** Each shown token with the log-probability beside it. */
const shownOf = (events: RelayEvent[]) =>
  events.flatMap((event) =>
    event.type === 'shown' ? event.tokens.map(([id], at) => [id, event.logprobs?.[at]?.[0]?.[1]]) : [],
  );
const whole = answer.map(([id]) => [id, -id]);

const begin = (hasLogprobs = true) => {
  const attempt = new Attempt({ attempt: 1, nodeId: NODE });
  const frames = attempt.frames(answer);
  const relay = new Relay({ choices: 1, hasLogprobs });
  relay.control(attempt.granted());
  return { relay, attempt, frames };
};

describe('a relay of log-probabilities', () => {
  it('shows them with their tokens, whatever the order and overlap of frames', () => {
    const { relay, frames } = begin();
    const [first, second, ...rest] = frames.map(logged);
    const wide = logged({ ...frames[2]!, from: 1, tokens: answer.slice(0, 3) });
    const heard = [second!, first!, wide, ...rest.toReversed()];
    expect(shownOf(heard.flatMap((frame) => relay.frame(NODE, frame)))).toEqual(whole);
    expect(relay.forged).toBe(0);
  });

  it('takes from the validated result what frames lacked, and lets no frame without them pass', () => {
    const { relay, attempt, frames } = begin();
    const events = [
      ...relay.frame(NODE, logged(frames[0]!)),
      ...relay.frame(NODE, frames[1]!),
      ...relay.frame(NODE, { ...frames[1]!, logprobs: logprobsOf(answer.slice(1, 3)) }),
    ];
    expect(shownOf(events)).toEqual(whole.slice(0, 1));
    expect(relay.forged).toBe(2);
    expect(relay.control(attempt.finalised())).toEqual([{ type: 'incomplete' }]);
    const result = attempt.result(answer);
    const [choice] = result.choices;
    const validated = { ...result, choices: [{ ...choice!, logprobs: logprobsOf(answer) }] };
    expect(shownOf(relay.complete(validated))).toEqual(whole.slice(1));
  });

  it('drops those that nobody asked for', () => {
    const { relay, frames } = begin(false);
    const events = frames.flatMap((frame) => relay.frame(NODE, logged(frame)));
    expect(shownOf(events)).toEqual(answer.map(([id]) => [id, undefined]));
  });
});
