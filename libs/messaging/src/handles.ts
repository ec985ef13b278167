import type { Answerable, Event, InputOf, OutputOf, PayloadOf } from '@ganglion/contracts';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

/** What a handler may know beside the message itself. */
export interface MessageContext {
  readonly subject: string;
  /** Of `node.*` requests: who asks, from the subject, which the broker guards. */
  readonly nodeId?: string;
  /** Of events: hearers de-duplicate by it. */
  readonly eventId?: string;
  /** 1 for the first delivery. */
  readonly deliveries: number;
}

/** Nest hands a method the payload alone unless its parameters are marked. */
const bindParameters = (target: object, key: string): void => {
  Payload()(target, key, 0);
  Ctx()(target, key, 1);
};

type Method<In, Out> = (input: In, context: MessageContext) => Promise<Out>;

/** Binds a controller's method to a request: it takes the parsed input and gives the output, or it does not compile. */
export const Handles =
  <R extends Answerable>(message: R) =>
  <M extends Method<InputOf<R>, OutputOf<R>>>(
    target: object,
    key: string,
    method: TypedPropertyDescriptor<M>,
  ): void => {
    bindParameters(target, key);
    MessagePattern(message.subject, { message })(target, key, method as PropertyDescriptor);
  };

/** Binds a controller's method to an event; throwing makes the broker deliver it again, later. */
export const On =
  <E extends Event>(message: E) =>
  <M extends Method<PayloadOf<E>, void>>(
    target: object,
    key: string,
    method: TypedPropertyDescriptor<M>,
  ): void => {
    bindParameters(target, key);
    EventPattern(message.subject, { message })(target, key, method as PropertyDescriptor);
  };
