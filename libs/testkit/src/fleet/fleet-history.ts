import pg from 'pg';
import type { NetworkAddress } from '../network-address.js';
import { questionOf, rightAnswer } from './fleet-model.js';

/** Times are epoch ms. */
export interface NodeMove {
  nodeId: string;
  from: string | null;
  to: string;
  reason: { code: string; message: string } | null;
  sessionId: string | null;
  at: number;
}

export interface VerdictFact {
  nodeId: string;
  roundId: string;
  passed: boolean;
  code: string;
  at: number;
}

/** A node that took part in a round, by when the round was opened. */
interface Participation {
  nodeId: string;
  at: number;
}

/** One try of a node at a user's task: tests have no session. */
export interface UserAttempt {
  taskId: string;
  nodeId: string;
  sessionId: string;
  state: string;
  offeredAt: number;
}

/** A user's task as it ended. */
interface UserTask {
  taskId: string;
  state: string;
  code: string | null;
  /** Of an answer: is it what the model gives? */
  isRight: boolean | null;
}

/** What the services themselves wrote down: their event tables, and the queue's tasks. */
export interface FleetHistory {
  moves: NodeMove[];
  participations: Participation[];
  verdicts: VerdictFact[];
  attempts: UserAttempt[];
  tasks: UserTask[];
  rounds: { state: string; ms: number }[];
}

const MOVES = `SELECT "entityId" AS "nodeId", "from", "to", reason, payload->>'sessionId' AS "sessionId",
    (extract(epoch FROM at) * 1000)::float8 AS at
  FROM node_pool."Event"
  WHERE entity = 'node' AND "to" IS NOT NULL AND "from" IS DISTINCT FROM "to" ORDER BY sequence`;
const PARTICIPATIONS = `SELECT p."nodeId", (extract(epoch FROM r."createdAt") * 1000)::float8 AS at
  FROM cognitive."Participant" p JOIN cognitive."Round" r ON r.id = p."roundId" ORDER BY r."createdAt"`;
const VERDICTS = `SELECT payload->>'nodeId' AS "nodeId", payload->>'roundId' AS "roundId",
    (payload->>'passed')::boolean AS passed, payload->'reason'->>'code' AS code,
    (extract(epoch FROM (payload->>'at')::timestamptz) * 1000)::float8 AS at
  FROM cognitive."Event" WHERE subject = 'evt.cognitive.verdict-given' ORDER BY sequence`;
const ATTEMPTS = `SELECT a."taskId", a."nodeId", t."sessionId", a.state::text,
    (extract(epoch FROM a."offeredAt") * 1000)::float8 AS "offeredAt"
  FROM session_queue."Attempt" a JOIN session_queue."Task" t ON t.id = a."taskId"
  WHERE t."sessionId" IS NOT NULL ORDER BY a."offeredAt"`;
const TASKS = `SELECT t.id AS "taskId", t.state::text, t.reason->>'code' AS code, t.submitted->'request' AS request,
    e.payload->'texts'->>0 AS text
  FROM session_queue."Task" t LEFT JOIN session_queue."Event" e
    ON e."entityId" = t.id::text AND e.subject = 'evt.session-queue.task-finalised'
  WHERE t."sessionId" IS NOT NULL`;
const ROUNDS = `SELECT state::text, (extract(epoch FROM "endedAt" - "createdAt") * 1000)::float8 AS ms
  FROM cognitive."Round" WHERE "endedAt" IS NOT NULL`;

interface TaskRow extends Omit<UserTask, 'isRight'> {
  request: { prompt: Parameters<typeof questionOf>[0]; sampling: { maxTokens: number } };
  text: string | null;
}

/** Reads it all, as the database's superuser. */
export const readHistory = async (network: NetworkAddress): Promise<FleetHistory> => {
  const client = new pg.Client({ connectionString: await network.databaseUrl('superuser') });
  await client.connect();
  try {
    const rows = async <Row>(sql: string): Promise<Row[]> => (await client.query(sql)).rows as Row[];
    const tasks = await rows<TaskRow>(TASKS);
    return {
      moves: await rows(MOVES),
      participations: await rows(PARTICIPATIONS),
      verdicts: await rows(VERDICTS),
      attempts: await rows(ATTEMPTS),
      rounds: await rows(ROUNDS),
      tasks: tasks.map(({ taskId, state, code, request, text }) => ({
        taskId,
        state,
        code,
        isRight: text === null ? null : isRight(request, text),
      })),
    };
  } finally {
    await client.end();
  }
};

const isRight = ({ prompt, sampling }: TaskRow['request'], text: string): boolean =>
  text.trim() === rightAnswer(questionOf(prompt), sampling.maxTokens).trim();
