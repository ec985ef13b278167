import { createContext, Script } from 'node:vm';

const box = createContext({ work: undefined as unknown });
const run = new Script('work()');

/** What ran out of its time; what it did so far is thrown away. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * Runs code that a model's files decide, such as a template with a loop, and ends it after a time, wherever it is.
 * It cannot be nested. Memory is not bounded: a template that doubles a list fills the heap within the time, and V8 then
 * ends the process, not the thread. Only whoever supervises the engine's process can answer that.
 * @param milliseconds of the wall clock
 * @throws OutOfTime, or what `work` throws
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  let result: T | undefined;
  box['work'] = () => {
    result = work();
  };
  try {
    run.runInContext(box, { timeout: milliseconds });
    return result as T;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
    throw new OutOfTime(`took longer than ${milliseconds / 1000} s`, { cause });
  } finally {
    box['work'] = undefined;
  }
}
