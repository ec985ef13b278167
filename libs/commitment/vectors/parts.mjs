/** Vectors of the single formulas: contexts, chains, keys, signatures, evidence, precommits, manifests. */
import * as f from './formula.mjs';
import { MINERS, MODEL, REQUEST, TASK } from './subjects.mjs';

const text = (bytes) => bytes.toString('hex');
const context = (attempt, choice, miner) => ({
  taskId: TASK,
  attempt,
  choice,
  nodeId: miner.nodeId,
  modelDigest: MODEL.digest,
  requestDigest: text(f.digest(REQUEST)),
});

export function contexts() {
  const cases = [
    context(1, 0, MINERS[0]),
    context(2, 0, MINERS[1]),
    context(1, 7, MINERS[0]),
    { ...context(65535, 65535, MINERS[1]), taskId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
    { ...context(0, 0, MINERS[0]), modelDigest: '00'.repeat(32), requestDigest: 'ff'.repeat(32) },
  ];
  return cases.map((input) => {
    const preimage = f.contextPreimage(input, MINERS.find(({ nodeId }) => nodeId === input.nodeId).publicKey);
    return { ...input, preimage: text(preimage), context: text(f.hash(preimage)) };
  });
}

export function chains() {
  const first = context(1, 0, MINERS[0]);
  const start = f.hash(f.contextPreimage(first, MINERS[0].publicKey));
  const ascii = [
    [464, 'The'],
    [3139, ' capital'],
    [0, ''],
    [4294967295, ' end.'],
  ];
  const wide = [
    [1, 'é'],
    [2, '€ '],
    [3, '日本'],
    [4, ''],
    [5, '😀\u0000\n"'],
    [6, 'x'.repeat(5000)],
  ];
  const known = f.links(start, ascii);
  const second = context(2, 0, MINERS[1]);
  const resumedStart = f.resumed(f.hash(f.contextPreimage(second, MINERS[1].publicKey)), 2, known[2]);
  return [
    { name: 'no token', context: first, tokens: [], links: [start].map(text) },
    { name: 'plain, empty text, largest id', context: first, tokens: ascii, links: known.map(text) },
    {
      name: 'texts of two, three and four bytes, long text',
      context: first,
      tokens: wide,
      links: f.links(start, wide).map(text),
    },
    {
      name: 'a second attempt resumes after two tokens',
      context: second,
      resume: { count: 2, head: text(known[2]) },
      tokens: ascii.slice(2),
      links: f.links(resumedStart, ascii.slice(2), 2).map(text),
    },
  ];
}

export function nodeKeys() {
  const [{ nodeId, publicKey }] = MINERS;
  const swapped = nodeId.slice(0, 20) + (nodeId[20] === 'A' ? 'B' : 'A') + nodeId.slice(21);
  return {
    valid: MINERS.map((miner) => ({ nodeId: miner.nodeId, publicKey: text(miner.publicKey) })),
    invalid: [
      { nodeId: '', why: 'empty' },
      { nodeId: swapped, why: 'one character differs, so the checksum does' },
      { nodeId: nodeId.toLowerCase(), why: 'lowercase' },
      { nodeId: nodeId.slice(0, -1), why: 'too short' },
      { nodeId: `${nodeId}A`, why: 'too long' },
      { nodeId: f.nkey(publicKey, 0), why: 'an account key, not a user key' },
      { nodeId: f.nkey(publicKey, (20 << 3) | 1), why: 'starts with U, but has another prefix byte' },
    ],
  };
}

export function signatures() {
  const link = f.hash(f.tag('a link of the vectors'));
  const frames = [null, ...Object.keys(f.FINISH)].map((finish) => {
    const message = f.frameMessage(link, finish);
    const [{ seed, nodeId, sign }] = MINERS;
    return { seed, nodeId, link: text(link), finish, message: text(message), signature: sign(message) };
  });
  const commits = MINERS.map(({ seed, nodeId, sign }) => {
    const message = f.commitMessage(link);
    return { seed, nodeId, precommit: text(link), message: text(message), signature: sign(message) };
  });
  return { frames, commits };
}

export function evidence() {
  const rounding = [
    [0, 0],
    [1, 256],
    [-1, -256],
    [0.001953125, 0],
    [0.005859375, 2],
    [-0.001953125, 0],
    [-0.005859375, -2],
    [0.009765625, 2],
    [13.37, 3423],
    [-13.37, -3423],
    [8388607.99609375, 2147483647],
    [8388608, 2147483647],
    [-8388608, -2147483648],
    [1e30, 2147483647],
    [-1e30, -2147483648],
  ];
  const entries = [
    [464, 3423, 3139, 3391],
    [0, 0, 1, -1],
    [4294967295, 2147483647, 4294967294, -2147483648],
  ];
  const bytes = f.evidenceBytes(entries);
  return {
    rounding: rounding.map(([logit, rounded]) => ({ logit, rounded })),
    entries,
    bytes: text(bytes),
    sha256: text(f.hash(bytes)),
  };
}

export function precommits() {
  const { entries } = evidence();
  const head = (name) => f.hash(f.tag(name));
  const cases = [
    { name: 'one choice', choices: [{ head: head('a'), count: 3, finish: 'stop' }], evidence: entries },
    { name: 'an empty answer', choices: [{ head: head('a'), count: 0, finish: 'stop' }], evidence: [] },
    {
      name: 'three choices, the last one cut',
      choices: [
        { head: head('a'), count: 2, finish: 'stop' },
        { head: head('b'), count: 0, finish: 'content_filter' },
        { head: head('c'), count: 4294967295, finish: 'length' },
      ],
      evidence: entries,
    },
    {
      name: 'two choices with log-probabilities',
      choices: [
        { head: head('a'), count: 1, finish: 'stop' },
        { head: head('b'), count: 0, finish: 'stop' },
      ],
      evidence: entries.slice(0, 1),
      logprobs: [
        [
          [
            [464, -1204, 'The'],
            [464, -1204, 'The'],
            [7, -31415, { bytes: '8J8=' }],
          ],
        ],
        [],
      ],
    },
  ];
  return cases.map((item) => {
    const salt = f.hash(f.tag(item.name));
    const preimage = f.precommitPreimage(item.choices, item.evidence, salt, item.logprobs);
    const choices = item.choices.map((choice) => ({ ...choice, head: text(choice.head) }));
    return {
      ...item,
      choices,
      salt: text(salt),
      preimage: text(preimage),
      precommit: text(f.hash(preimage)),
    };
  });
}

export function manifests() {
  const files = [
    'onnx/model_q4.onnx',
    'config.json',
    'tokenizer.json',
    'Onnx/upper-case-sorts-first.bin',
  ].map((path, index) => ({ path, bytes: index * 1_000_003, sha256: text(f.hash(f.tag(path))) }));
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return [
    { name: 'in any order', files, canonical: f.jcs(sorted), digest: text(f.digest(sorted)) },
    { name: 'no file', files: [], canonical: '[]', digest: text(f.digest([])) },
  ];
}
