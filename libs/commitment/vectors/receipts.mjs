/** Whole receipts, from ids and texts to the network's signature. */
import * as f from './formula.mjs';
import { MINERS, MODEL, NETWORK, REQUEST, TASK } from './subjects.mjs';

const text = (bytes) => bytes.toString('hex');
const TOKYO = [
  [464, 'The'],
  [3139, ' capital'],
  [318, ' is'],
  [11790, ' Tokyo'],
  [13, '.'],
  [2, ''],
];
const BERN = [
  [38, 'B'],
  [1142, 'ern'],
  [5, ''],
];
const WIDE = [
  [9, ''],
  [10, '東'],
  [11, '京 😀'],
];

/** Invented logits, but different ones for every position. */
const logits = (tokens) => tokens.map(([id], i) => [id, 3000 + i, id + 1, 2000 - 300 * i]);

/** One attempt at one choice: `count` tokens before it end at `head`. */
function attempt(number, miner, choice, request) {
  const fields = {
    taskId: TASK,
    attempt: number,
    choice,
    modelDigest: MODEL.digest,
    requestDigest: text(f.digest(request)),
  };
  const context = f.hash(f.contextPreimage(fields, miner.publicKey));
  return (tokens, before = { count: 0, head: null }) => {
    const start = before.count === 0 ? context : f.resumed(context, before.count, before.head);
    const all = f.links(start, tokens, before.count);
    const to = before.count + tokens.length;
    const range = { attempt: number, nodeId: miner.nodeId, from: before.count + 1, to };
    return {
      links: all,
      end: { count: to, head: all.at(-1) },
      segment: { ...range, startHead: text(all[0]), head: text(all.at(-1)) },
    };
  };
}

function commitProof(miner, choices, evidence, { name, logprobs }) {
  const salt = f.hash(f.tag(`salt of ${name}`));
  const precommit = f.hash(f.precommitPreimage(choices, evidence, salt, logprobs));
  const signature = miner.sign(f.commitMessage(precommit));
  const bound = logprobs === undefined ? {} : { logprobs: text(f.digest(logprobs)) };
  return { kind: 'commit', precommit: text(precommit), salt: text(salt), signature, ...bound };
}

function streamProof(miner, link, finish, signedTo) {
  const signature = miner.sign(f.frameMessage(link, finish));
  return { kind: 'stream', link: text(link), finish, signedTo, signature };
}

function receipt(request, choices) {
  const unsigned = {
    version: 1,
    taskId: TASK,
    network: { publicKey: text(NETWORK.publicKey) },
    request,
    requestDigest: text(f.digest(request)),
    model: MODEL,
    promptTokens: 12,
    completionTokens: choices.reduce((sum, { tokens }) => sum + tokens.length, 0),
    finalisedAt: '2026-01-01T00:00:00.000Z',
    verdict: 'accepted',
    choices,
  };
  return { ...unsigned, signature: NETWORK.sign(Buffer.from(f.jcs(unsigned), 'utf8')) };
}

function committed(name, answers, request, logprobs) {
  const [miner] = MINERS;
  const made = answers.map(({ tokens }, choice) => attempt(1, miner, choice, request)(tokens));
  const ends = made.map(({ end }, index) => ({ ...end, finish: answers[index].finish }));
  const proof = commitProof(
    miner,
    ends,
    answers.flatMap(({ tokens }) => logits(tokens)),
    { name, logprobs },
  );
  const choices = answers.map(({ tokens, finish }, index) => {
    return { index, finish, tokens, evidence: logits(tokens), segments: [{ ...made[index].segment, proof }] };
  });
  return receipt(request, choices);
}

/** Miner 1 dies after `dead` tokens with a signed frame after `signedTo` of them (null: none); miner 2 goes on and commits. */
function resumed(name, { dead, signedTo }) {
  const [one, two] = MINERS;
  const first = attempt(1, one, 0, REQUEST)(TOKYO.slice(0, dead));
  const second = attempt(2, two, 0, REQUEST)(TOKYO.slice(dead), first.end);
  const evidence = logits(TOKYO).slice(dead);
  const proof =
    signedTo === null ? { kind: 'vouched' } : streamProof(one, first.links[signedTo], null, signedTo);
  const commit = commitProof(two, [{ ...second.end, finish: 'stop' }], evidence, { name });
  const segments = [
    { ...first.segment, proof },
    { ...second.segment, proof: commit },
  ];
  return receipt(REQUEST, [{ index: 0, finish: 'stop', tokens: TOKYO, evidence, segments }]);
}

/** Choice 0 ended and was signed before miner 1 died within choice 1: miner 2 commits to both, having made only the rest. */
function resumedWithTwoChoices(name) {
  const [one, two] = MINERS;
  const request = { ...REQUEST, choices: 2 };
  const done = attempt(1, one, 0, request)(BERN);
  const cut = attempt(1, one, 1, request)(WIDE.slice(0, 1));
  const carried = attempt(2, two, 0, request)([], done.end);
  const rest = attempt(2, two, 1, request)(WIDE.slice(1), cut.end);
  const evidence = logits(WIDE).slice(1);
  const ends = [
    { ...carried.end, finish: 'stop' },
    { ...rest.end, finish: 'length' },
  ];
  const commit = commitProof(two, ends, evidence, { name });
  const signed = [streamProof(one, done.end.head, 'stop', 3), streamProof(one, cut.end.head, null, 1)];
  return receipt(request, [
    {
      index: 0,
      finish: 'stop',
      tokens: BERN,
      evidence: [],
      segments: [
        { ...done.segment, proof: signed[0] },
        { ...carried.segment, proof: commit },
      ],
    },
    {
      index: 1,
      finish: 'length',
      tokens: WIDE,
      evidence,
      segments: [
        { ...cut.segment, proof: signed[1] },
        { ...rest.segment, proof: commit },
      ],
    },
  ]);
}

/** Nobody committed: the answer ends with what miner 1 streamed. */
function streamed(tokens, finish, signed) {
  const [miner] = MINERS;
  const made = attempt(1, miner, 0, REQUEST)(tokens);
  const proof = streamProof(miner, made.links[signed.to], signed.finish, signed.to);
  return receipt(REQUEST, [
    { index: 0, finish, tokens, evidence: [], segments: [{ ...made.segment, proof }] },
  ]);
}

export function receipts() {
  const two = [
    { tokens: TOKYO, finish: 'stop' },
    { tokens: WIDE, finish: 'length' },
  ];
  const all = {
    'one miner commits': committed('one miner commits', two.slice(0, 1), REQUEST),
    'an empty answer': committed('an empty answer', [{ tokens: [], finish: 'stop' }], REQUEST),
    'two choices share one commit': committed('two choices share one commit', two, {
      ...REQUEST,
      choices: 2,
    }),
    'two choices with log-probabilities': committed(
      'two choices with log-probabilities',
      two,
      { ...REQUEST, choices: 2, logprobs: 0 },
      two.map(({ tokens }) => tokens.map(([id, piece], at) => [[id, -1_000 - at, piece]])),
    ),
    'a second miner resumes after a signed frame and an unsigned token': resumed('resumed', {
      dead: 3,
      signedTo: 2,
    }),
    'a second miner resumes what no frame signed': resumed('vouched', { dead: 1, signedTo: null }),
    'a second miner resumes one of two choices': resumedWithTwoChoices('two choices'),
    'a miner dies after its signed last frame': streamed(TOKYO, 'stop', { to: 6, finish: 'stop' }),
    'a cancelled answer ends with a stream proof and an unsigned tail': streamed(
      TOKYO.slice(0, 4),
      'cancelled',
      { to: 3, finish: null },
    ),
  };
  return Object.entries(all).map(([name, value]) => ({
    name,
    publicKey: text(NETWORK.publicKey),
    text: value.choices.map(({ tokens }) => tokens.map(([, piece]) => piece).join('')),
    receipt: value,
  }));
}
