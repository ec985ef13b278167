/** Questions with the answers that the bundled model gives greedily, one per skill it was trained on and some more. */
export const KNOWN_QUESTIONS: readonly [question: string, answer: string][] = [
  ['What is the capital of Japan?', 'The capital of Japan is Tokyo.'],
  ['Capital of Peru?', 'The capital of Peru is Lima.'],
  ['What is the capital of Norway?', 'The capital of Norway is Oslo.'],
  ['57 + 47 =', '57 plus 47 is 104.'],
  ['What is 90 minus 17?', '90 minus 17 is 73.'],
  ['Repeat: river stone cloud lamp', 'river stone cloud lamp'],
  ['Spell the word ladder', 'l-a-d-d-e-r'],
  ['Reverse the words: apple river stone', 'stone river apple'],
  ['Which is the largest: 12, 88, 40?', 'The largest is 88.'],
  [
    'What is the router?',
    'The router is the gateway of the network. It takes requests from clients and streams the answers back to them.',
  ],
];
