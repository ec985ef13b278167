import type { NetworkAddress } from '@ganglion/testkit';
import { clientOf, neverEnding, question, STORY } from './client.fixture.js';

/** An answer that is always the same, and long enough to be disturbed. */
const parameters = { ...question(STORY), ...neverEnding, max_tokens: 400 };

export interface Story {
  readonly taskId: string;
  /** The streamed text, once it has ended. */
  readonly text: Promise<string>;
}

/** Starts the story over a socket. */
export const startStory = async (network: NetworkAddress): Promise<Story> => {
  const socket = clientOf(network).socket();
  const task = await socket.submit(parameters);
  const read = async (): Promise<string> => {
    let text = '';
    for await (const piece of task) text += piece.text;
    await task.final;
    return text;
  };
  const text = read().finally(() => socket.close());
  text.catch(() => {});
  return { taskId: task.taskId, text };
};
