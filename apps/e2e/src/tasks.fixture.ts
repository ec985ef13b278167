import type { TaskState, TaskView } from '@ganglion/contracts';
import type { Ganglion } from '@ganglion/sdk';
import { eventually } from '@ganglion/testkit';

export const untilTask = (client: Ganglion, taskId: string, ...states: TaskState[]): Promise<TaskView> =>
  eventually(async () => {
    const task = await client.tasks.get(taskId);
    if (states.includes(task.state)) return task;
    throw new Error(`task is ${task.state} (${task.reason?.message}), not ${states.join(' or ')}`);
  });

export const untilEnded = (client: Ganglion, taskId: string): Promise<TaskView> =>
  untilTask(client, taskId, 'FINALISED', 'CANCELLED', 'FAILED', 'EXPIRED');

/** Did it run at all? */
export const hasRun = ({ attempts }: TaskView): boolean => attempts.length > 0;
