import type { Token } from '@ganglion/contracts';
import { agree, type Replica } from './agreement.js';

const replica = (attempt: number, text: string, over: Partial<Replica> = {}): Replica => ({
  attempt,
  determinismClass: 'avx2',
  isPrimary: attempt === 1,
  choices: [
    {
      choice: 0,
      head: String(attempt).repeat(64),
      count: 1,
      finish: 'stop',
      tokens: [[7, text] as Token],
      evidence: [],
    },
  ],
  ...over,
});

describe('replicas of one determinism class', () => {
  it('agree when their tokens are equal, whatever their chains and evidence', () => {
    const replicas = [replica(1, 'Tokyo'), replica(2, 'Tokyo'), replica(3, 'Tokyo')];
    expect(agree(replicas, 3)).toEqual({ winner: 1, verdict: 'accepted', outvoted: [], differing: [] });
  });

  it('outvote the one that differs', () => {
    const replicas = [replica(1, 'Tokyo'), replica(2, 'Kyoto'), replica(3, 'Tokyo')];
    expect(agree(replicas, 3)).toEqual({ winner: 1, verdict: 'accepted', outvoted: [2], differing: [] });
  });

  it('leave no answer when the primary, whose text was shown, is outvoted', () => {
    const replicas = [replica(1, 'Kyoto'), replica(2, 'Tokyo'), replica(3, 'Tokyo')];
    expect(agree(replicas, 3)).toMatchObject({ winner: null, outvoted: [1], differing: [] });
  });

  it('are undecided without a majority, and nobody is outvoted', () => {
    const two = [replica(1, 'Tokyo'), replica(2, 'Kyoto')];
    expect(agree(two, 2)).toEqual({ winner: 1, verdict: 'undecided', outvoted: [], differing: [2] });
    const three = [replica(1, 'Tokyo'), replica(2, 'Kyoto'), replica(3, 'Osaka')];
    expect(agree(three, 3)).toMatchObject({ winner: 1, verdict: 'undecided', outvoted: [] });
  });

  it('differ also by where the answer ended', () => {
    const longer = replica(2, 'Tokyo');
    const choices = [{ ...longer.choices[0]!, finish: 'length' as const }];
    expect(agree([replica(1, 'Tokyo'), { ...longer, choices }], 2).verdict).toBe('undecided');
  });

  it('give the answer of the majority when nothing was shown', () => {
    const hidden = { isPrimary: false };
    const replicas = [replica(1, 'Kyoto', hidden), replica(2, 'Tokyo', hidden), replica(3, 'Tokyo', hidden)];
    expect(agree(replicas, 3)).toEqual({ winner: 2, verdict: 'accepted', outvoted: [1], differing: [] });
  });
});

const withLogprob = (one: Replica, logprob: number): Replica => ({
  ...one,
  choices: one.choices.map((choice) => ({ ...choice, logprobs: [[[7, logprob, 'Tokyo']]] })),
});

describe('log-probabilities', () => {
  it('must be equal inside a class, as the tokens must', () => {
    const equal = [1, 2].map((attempt) => withLogprob(replica(attempt, 'Tokyo'), -3));
    expect(agree(equal, 2)).toMatchObject({ verdict: 'accepted', differing: [] });
    const other = withLogprob(replica(3, 'Tokyo'), -4);
    expect(agree([...equal, other], 3)).toMatchObject({ winner: 1, outvoted: [3] });
    expect(agree([equal[0]!, other], 2)).toMatchObject({ verdict: 'undecided', differing: [3] });
  });

  it('may differ across classes, where kernels round differently', () => {
    const one = withLogprob(replica(1, 'Tokyo'), -3);
    const other = withLogprob(replica(2, 'Tokyo', { determinismClass: 'neon' }), -4);
    expect(agree([one, other], 2)).toMatchObject({ verdict: 'accepted', differing: [] });
  });
});

describe('replicas of different determinism classes', () => {
  const other = { determinismClass: 'neon' };

  it('confirm one another when they are equal', () => {
    expect(agree([replica(1, 'Tokyo'), replica(2, 'Tokyo', other)], 2).verdict).toBe('accepted');
  });

  it('are undecided when they differ, though one class is larger, and nobody is blamed', () => {
    const replicas = [replica(1, 'Tokyo'), replica(2, 'Kyoto', other), replica(3, 'Kyoto', other)];
    expect(agree(replicas, 3)).toEqual({
      winner: 1,
      verdict: 'undecided',
      outvoted: [],
      differing: [2, 3],
    });
  });
});

describe('an answer alone', () => {
  it('is accepted when no other was asked for', () => {
    expect(agree([replica(1, 'Tokyo')], 1)).toMatchObject({ winner: 1, verdict: 'accepted' });
  });

  it('is undecided when the replicas that were to confirm it are lost', () => {
    expect(agree([replica(1, 'Tokyo')], 3)).toMatchObject({ winner: 1, verdict: 'undecided' });
  });
});
