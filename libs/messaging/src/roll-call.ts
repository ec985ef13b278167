import { rollCall, type RollCallAnswer } from '@ganglion/contracts';
import { type Msg, NoRespondersError, RequestError } from '@nats-io/nats-core';
import type { Bus, Listener } from './bus.js';
import { isOwnInbox, parseWire } from './wire.js';

/** Asks every replica of every module how it is, and takes the answers that come within the time. */
export const callRoll = async (bus: Bus, forMs: number): Promise<RollCallAnswer[]> => {
  const answers: RollCallAnswer[] = [];
  const replies = await bus.nats.requestMany(rollCall.subject, '', { strategy: 'timer', maxWait: forMs });
  try {
    for await (const reply of replies) take(bus, reply, answers);
  } catch (error) {
    if (!isNobody(error)) throw error;
  }
  return answers;
};

const isNobody = (error: unknown): boolean =>
  error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());

const take = (bus: Bus, reply: Msg, answers: RollCallAnswer[]): void => {
  try {
    answers.push(parseWire(rollCall.output, reply));
  } catch {
    // Of another version, perhaps: the others are shown.
    bus.onMalformed(rollCall.subject);
  }
};

/** Answers the router's roll call for this replica, as long as its connection lasts. */
export const answerRollCall = (bus: Bus, present: () => Promise<RollCallAnswer>): Listener => {
  const subscription = bus.nats.subscribe(rollCall.subject, {
    callback: (error, msg) => {
      if (error || !isOwnInbox(msg.reply, 'router')) return;
      void present()
        .then((answer) => void (bus.nats.isClosed() || msg.respond(JSON.stringify(answer))))
        .catch(() => {
          // Who does not answer is missing from the roll: that says it.
        });
    },
  });
  return { close: () => subscription.unsubscribe() };
};
