import { nodePool } from '@ganglion/contracts';
import { type Behaviour, honest, type Wire } from '@ganglion/node';
import { answerFaults } from './test-miner-answers.js';
import type { Fault, Orders } from './test-miner-orders.js';
import { deeds, isPart, isPrecommit, type Sent, transportFaults } from './test-miner-transport.js';

/**
 * Does what its orders say. An attempt is computed by the orders that stood when it was offered; of several faults
 * that concern the same step the first one is done.
 */
export const misbehaving = (orders: () => Orders, say: (text: string) => void): Behaviour => {
  const byTask = new Map<string, readonly Fault[]>();
  const sent: Sent = {};
  const steps = { ...answerFaults, ...transportFaults(sent, orders) };
  const done = new Set<string>();
  const stepOf = <S extends keyof Behaviour>(taskId: string, step: S): Behaviour[S] => {
    const faults = byTask.get(taskId) ?? [];
    const own = faults.map((fault) => steps[fault]?.[step]).find((found) => found !== undefined);
    return (own ?? honest[step]) as Behaviour[S];
  };
  const act = (wire: Wire): void => {
    const { faults, taskId } = orders();
    for (const fault of faults) {
      const key = `${fault} ${taskId ?? ''}`;
      const deed = done.has(key) ? undefined : deeds[fault];
      done.add(key);
      deed?.(wire, orders).then(
        () => say(`${fault}: done`),
        (error: unknown) => say(`${fault}: ${String(error)}`),
      );
    }
  };
  return {
    ...honest,
    offered: async ({ job }) => void byTask.set(job.taskId, orders().faults),
    generate: (engine, request, signal, attempt) =>
      stepOf(attempt.job.taskId, 'generate')(engine, request, signal, attempt),
    frame: (frame, attempt) => stepOf(attempt.job.taskId, 'frame')(frame, attempt),
    commit: (data, attempt) => stepOf(attempt.job.taskId, 'commit')(data, attempt),
    precommit: (precommit, attempt) => stepOf(attempt.job.taskId, 'precommit')(precommit, attempt),
    reveal: (text, attempt) => stepOf(attempt.job.taskId, 'reveal')(text, attempt),
    ask: (message, input, wire) => {
      if (message.subject === nodePool.heartbeat.subject) act(wire);
      const isPromise = isPrecommit(message, input);
      const isData = isPart(message, input);
      if (!isPromise && !isData) return wire.ask(message, input);
      const { taskId } = input;
      if (byTask.get(taskId)?.length === 0)
        Object.assign(sent, isData ? { part: input } : { precommit: input });
      return stepOf(taskId, 'ask')(message, input, wire);
    },
    publish: (taskId, frame, wire) => stepOf(taskId, 'publish')(taskId, frame, wire),
  };
};
