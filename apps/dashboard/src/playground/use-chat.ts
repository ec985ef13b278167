import type { ChatParameters } from '@ganglion/sdk';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ganglion } from '../network.js';
import { newTurn, Stopwatch, type Turn } from './conversation.js';

/** Text is shown so often at most, however fast it comes. */
const SHOW_MS = 60;

/** A conversation: what was said, and one answer at a time that comes. */
export const useChat = () => {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const running = useRef<AbortController | null>(null);
  const nextId = useRef(1);
  const stop = useCallback(() => running.current?.abort(), []);
  // Whoever leaves the page waits for no answer.
  useEffect(() => stop, [stop]);

  const ask = useCallback(async (question: string, parameters: ChatParameters) => {
    const id = nextId.current++;
    const change = (facts: Partial<Turn>) =>
      setTurns((all) => all.map((turn) => (turn.id === id ? { ...turn, ...facts } : turn)));
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    setTurns((all) => [...all, newTurn(id, question)]);
    await follow(parameters, controller.signal, change);
    if (running.current === controller) running.current = null;
  }, []);

  const clear = useCallback(() => {
    stop();
    setTurns([]);
  }, [stop]);

  return { turns, ask, stop, clear, isRunning: turns.at(-1)?.state === 'running' };
};

/** Streams one answer into its turn, to its end or failure. */
const follow = async (
  parameters: ChatParameters,
  signal: AbortSignal,
  change: (facts: Partial<Turn>) => void,
): Promise<void> => {
  const watch = new Stopwatch(performance.now());
  let answer = '';
  let shownAt = 0;
  try {
    const stream = await ganglion.stream(parameters, { signal });
    change({ taskId: stream.taskId });
    for await (const { choice, text, index } of stream) {
      if (choice !== 0) continue;
      const now = performance.now();
      watch.hear(index, now);
      answer += text;
      if (now - shownAt < SHOW_MS) continue;
      shownAt = now;
      change({ answer, pace: watch.read() });
    }
    const { taskId, verdict } = await stream.final;
    change({ answer, pace: watch.read(), taskId, verdict, state: 'done' });
  } catch (error) {
    const known = { answer, pace: watch.read() };
    change(signal.aborted ? { ...known, state: 'stopped' } : { ...known, state: 'failed', error });
  }
};
