import { contestOf } from './contest.js';
import type { ParticipantFacts, RoundFacts } from './round-facts.js';

const participant = (answer: string | null, known: Partial<ParticipantFacts> = {}): ParticipantFacts => ({
  taskId: 'a task',
  nodeId: 'a node',
  outcome: 'PENDING',
  isEnqueued: true,
  hasStarted: true,
  hasPrecommitted: true,
  isRevealing: true,
  committedAt: answer === null ? null : new Date(0),
  correct: answer === null ? null : answer === 'right',
  answer,
  isServing: false,
  companions: [],
  isTimed: true,
  ...known,
});
const facts = (answers: (string | null)[], reference: string | null = 'right'): RoundFacts => ({
  roundId: 'a round',
  state: 'COMMITTING',
  deadlineAt: new Date(0),
  challenge: { prompt: 'p', answer: 'a', maxTokens: 1 },
  requestDigest: 'd'.repeat(64),
  reference,
  nobodyFor: null,
  words: new Map(),
  turns: [],
  participants: answers.map((answer) => participant(answer)),
});

describe('a reference against its participants', () => {
  it.each([
    ['stands while nobody answers otherwise', ['right', null, null, null], 'stands'],
    ['stands against two that agree', ['wrong', 'wrong'], 'stands'],
    ['loses to three that agree', ['wrong', 'wrong', 'wrong'], 'overruled'],
    ['stands against three that answer three other things', ['x', 'y', 'z'], 'stands'],
    ['stands when as many agree with it', ['wrong', 'wrong', 'wrong', 'right', 'right', 'right'], 'stands'],
    ['loses to a majority', ['wrong', 'wrong', 'wrong', 'right', 'right'], 'overruled'],
    ['is open while one at work may be the third', ['wrong', 'wrong', null], 'open'],
    ['is open while one at work may save it', ['wrong', 'wrong', 'wrong', 'right', 'right', null], 'open'],
    ['stands when those at work cannot change it', ['wrong', 'right', 'right', 'right', null], 'stands'],
  ] as const)('%s', (_, answers, contest) => {
    expect(contestOf(facts([...answers]), false)).toBe(contest);
  });

  it('waits for nobody after the deadline', () => {
    expect(contestOf(facts(['wrong', 'wrong', null]), true)).toBe('stands');
    expect(contestOf(facts(['wrong', 'wrong', 'wrong', 'right', 'right', null]), true)).toBe('overruled');
  });

  it('does not wait for who was judged without an answer', () => {
    const round = facts(['wrong', 'wrong']);
    const participants = [...round.participants, participant(null, { outcome: 'FAILED' })];
    expect(contestOf({ ...round, participants }, false)).toBe('stands');
  });

  it('counts answers that were judged already', () => {
    const round = facts(['wrong', 'wrong']);
    const participants = [...round.participants, participant('wrong', { outcome: 'EXCUSED' })];
    expect(contestOf({ ...round, participants }, false)).toBe('overruled');
  });

  it("stands always where it is the oracle's", () => {
    expect(contestOf(facts(['wrong', 'wrong', 'wrong'], null), false)).toBe('stands');
  });
});
