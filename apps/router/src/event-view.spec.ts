import {
  auditOutcome,
  auditState,
  cognitive,
  eventView,
  moduleNames,
  nodePool,
  session,
  sessionQueue,
  topology,
} from '@ganglion/contracts';
import { viewOfEvent } from './event-view.js';

const id = '01970000-0000-7000-8000-000000000000';
const at = '2026-01-01T00:00:00.000Z';
const heardAt = Date.parse('2026-01-02T00:00:00.000Z');
const reason = { code: 'flooded', message: 'it sent far more than it was asked for' };
/** What any event may say of what it is about. */
const facts = {
  taskId: 'task',
  attempt: 2,
  nodeId: 'node',
  sessionId: 'session',
  keyId: 'key',
  roundId: 'round',
  auditId: 'audit',
  digest: 'digest',
  epoch: 7,
  state: 'STATE',
  outcome: 'failed',
};

describe('an event as operators see it', () => {
  const events = moduleNames.flatMap((module) => topology[module].says);

  it.each(events.map((event) => [event.subject, event] as const))('is about something: %s', (_, event) => {
    const view = viewOfEvent({ id, event, payload: facts, heardAt });
    expect(eventView.parse(view)).toEqual(view);
    expect(view).toMatchObject({ id, module: event.module, subject: event.subject });
    expect(view.entity).toMatch(/^[a-z-]+$/);
    expect(view.entityId).not.toMatch(/undefined|^$/);
    expect(Object.values(facts).some((fact) => view.entityId.includes(String(fact)))).toBe(true);
  });

  it('says which state was entered, when and why', () => {
    const payload = { ...facts, state: 'QUARANTINED', reason, at };
    expect(viewOfEvent({ id, event: nodePool.nodeQuarantined, payload, heardAt })).toEqual({
      id,
      module: 'node-pool',
      entity: 'node',
      entityId: 'node',
      from: null,
      to: 'QUARANTINED',
      reason,
      at,
      subject: 'evt.node-pool.node-quarantined',
    });
  });

  it('names an attempt by its task and number', () => {
    const payload = { ...facts, at, reason };
    expect(viewOfEvent({ id, event: sessionQueue.attemptLost, payload, heardAt })).toMatchObject({
      entity: 'attempt',
      entityId: 'task/2',
      to: 'LOST',
    });
  });

  it('has the first of several reasons, and none where none is said', () => {
    const payload = { ...facts, at, reasons: [reason, { code: 'other', message: '' }] };
    expect(viewOfEvent({ id, event: cognitive.auditEnded, payload, heardAt }).reason).toEqual(reason);
    expect(
      viewOfEvent({ id, event: cognitive.auditEnded, payload: { ...payload, reasons: [] }, heardAt }).reason,
    ).toBeNull();
  });

  it.each(auditOutcome.options)('knows the state of an audit that ended as %s', (outcome) => {
    const view = viewOfEvent({ id, event: cognitive.auditEnded, payload: { ...facts, outcome }, heardAt });
    expect(auditState.options).toContain(view.to);
  });

  it('happened when it was heard, if it does not say when', () => {
    const view = viewOfEvent({ id, event: session.keyRevoked, payload: facts, heardAt });
    expect(view.at).toBe('2026-01-02T00:00:00.000Z');
    const submittedAt = at;
    const task = viewOfEvent({
      id,
      event: session.taskSubmitted,
      payload: { submittedAt, ...facts },
      heardAt,
    });
    expect(task.at).toBe(at);
  });
});
