import type { SessionState, SessionView } from '@ganglion/contracts';
import type { Ganglion, OpenSession } from '@ganglion/sdk';
import { eventually } from '@ganglion/testkit';

export const untilSession = (
  client: Ganglion,
  sessionId: string,
  ...states: SessionState[]
): Promise<SessionView> =>
  eventually(async () => {
    const session = await client.sessions.get(sessionId);
    if (states.includes(session.state)) return session;
    throw new Error(`session is ${session.state}, not ${states.join(' or ')}`);
  });

/** An explicit session with its nodes; disposing of it closes it and waits until its nodes have left. */
export const openReady = async (
  client: Ganglion,
  parameters: Omit<OpenSession, 'model'> = {},
): Promise<SessionView & AsyncDisposable> => {
  const { sessionId } = await client.sessions.open({ model: 'tiny', ...parameters });
  const view = await untilSession(client, sessionId, 'READY');
  const close = async (): Promise<void> => {
    await client.sessions.close(sessionId);
    await untilSession(client, sessionId, 'CLOSED', 'EXPIRED');
  };
  return { ...view, [Symbol.asyncDispose]: close };
};
