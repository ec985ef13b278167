import { commonStops, type InputOf, type OutputOf, type sessionQueue } from '@ganglion/contracts';
import { Injectable } from '@nestjs/common';
import { QueueDatabase } from './database.store.js';

/** Of the newest tasks, so many are looked at: however rare a model is, it costs no more. */
const LOOKED_AT = 2_000;

/** What tasks look like from outside. */
@Injectable()
export class ShapeStore {
  constructor(private readonly database: QueueDatabase) {}

  /**
   * Shapes of users' newest tasks of a model, without a word of their text. What could not be imitated without it (a
   * schema, a bias on tokens, a stop sequence of its own, a prompt that is no messages) or is not shown as it is made is left out.
   */
  async recent({
    modelDigest,
    limit,
  }: InputOf<typeof sessionQueue.shapes>): Promise<OutputOf<typeof sessionQueue.shapes>> {
    const rows = await this.database.client.$queryRaw<{ shape: unknown }[]>`
      WITH newest AS (
        SELECT id FROM "Task" WHERE "sessionId" IS NOT NULL ORDER BY id DESC LIMIT ${LOOKED_AT}
      ), request AS (
        SELECT t.id, t.submitted->'request' AS r,
          extract(epoch FROM t."expiresAt" - t."submittedAt") * 1000 AS lifetime, t.redundancy
        FROM newest JOIN "Task" t USING (id)
        WHERE t."modelDigest" = ${modelDigest} AND t.submitted->>'verify' = 'after'
          AND jsonb_typeof(t.submitted->'request'->'prompt'->'messages') = 'array'
          AND t.submitted->'request'->'sampling'->'logitBias' IS NULL
          AND t.submitted->'request'->'sampling'->'format' IS NULL
          AND t.submitted->'request'->'sampling'->'stop' <@ ${JSON.stringify(commonStops)}::jsonb
        ORDER BY t.id DESC LIMIT ${limit}
      )
      SELECT jsonb_build_object(
        'lifetimeMs', round(lifetime),
        'redundancy', redundancy,
        'request', jsonb_strip_nulls(jsonb_build_object(
          'messages', (
            SELECT jsonb_agg(
              jsonb_build_object('role', m->'role', 'characters', char_length(m->>'content')) ORDER BY place)
            FROM jsonb_array_elements(r->'prompt'->'messages') WITH ORDINALITY AS message(m, place)
          ),
          'choices', r->'choices',
          'stops', r->'sampling'->'stop',
          'sampling', (r->'sampling') - 'seed' - 'stop',
          'logprobs', r->'logprobs'
        ))
      ) AS shape FROM request`;
    return {
      shapes: rows.map(({ shape }) => shape as OutputOf<typeof sessionQueue.shapes>['shapes'][number]),
    };
  }
}
