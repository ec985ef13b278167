import { ChatStream, type Piece } from './chat-stream.js';

const TASK_ID = '01936f2e-7d3a-7c55-8a11-5d3f0c9b2e77';
const ref = { taskId: TASK_ID, verdict: 'accepted', receipt: `/v1/tasks/${TASK_ID}/receipt` };
const chunk = (id: string, choices: unknown[], rest: object = {}): string =>
  `${id ? `id: ${id}\n` : ''}data: ${JSON.stringify({ object: 'chat.completion.chunk', choices, ...rest })}\n\n`;
const delta = (index: number, content: string) => ({ index, delta: { content }, finish_reason: null });
const finish = (index: number) => ({ index, delta: {}, finish_reason: 'stop' });
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };

const open = (text: string): ChatStream =>
  new ChatStream(new Response(text, { headers: { 'x-request-id': 'r-1', 'x-ganglion-task': TASK_ID } }));

const pieces = async (stream: ChatStream): Promise<Piece[]> => {
  const all: Piece[] = [];
  for await (const piece of stream) all.push(piece);
  return all;
};

const good = [
  ': task\n\n',
  chunk('0.1.aaaaaaaa', [{ index: 0, delta: { role: 'assistant', content: 'To' }, finish_reason: null }]),
  chunk('1.1.bbbbbbbb', [delta(1, 'Ky')]),
  chunk('0.2.cccccccc', [delta(0, 'kyo')]),
  chunk('1.2.dddddddd', [delta(1, 'oto')]),
  chunk('', [finish(0)]),
  chunk('', [finish(1)]),
  chunk('', [], { usage, ganglion: ref }),
  'data: [DONE]\n\n',
].join('');

describe('ChatStream', () => {
  it('gives the pieces with choice and index, then the whole answer with its receipt', async () => {
    const stream = open(good);
    expect(await pieces(stream)).toEqual([
      { choice: 0, text: 'To', index: 1 },
      { choice: 1, text: 'Ky', index: 1 },
      { choice: 0, text: 'kyo', index: 2 },
      { choice: 1, text: 'oto', index: 2 },
    ]);
    expect(await stream.final).toEqual({
      taskId: TASK_ID,
      text: 'Tokyo',
      choices: [
        { index: 0, text: 'Tokyo', finish: 'stop' },
        { index: 1, text: 'Kyoto', finish: 'stop' },
      ],
      verdict: 'accepted',
      usage,
      receipt: ref.receipt,
    });
  });

  it('gives log-probabilities with the pieces and with the whole answer', async () => {
    const said = (token: string) => ({ token, logprob: -0.5, bytes: null, top_logprobs: [] });
    const with_ = (content: string, ...tokens: string[]) => ({
      ...delta(0, content),
      logprobs: { content: tokens.map(said), refusal: null },
    });
    const stream = open(
      [
        chunk('0.1.aaaaaaaa', [with_('', 'To')]),
        chunk('0.2.bbbbbbbb', [with_('Tokyo', 'kyo')]),
        chunk('', [{ ...finish(0), logprobs: null }], { ganglion: ref }),
        'data: [DONE]\n\n',
      ].join(''),
    );
    expect(await pieces(stream)).toEqual([
      { choice: 0, text: '', index: 1, logprobs: [said('To')] },
      { choice: 0, text: 'Tokyo', index: 2, logprobs: [said('kyo')] },
    ]);
    const [choice] = (await stream.final).choices;
    expect(choice).toMatchObject({ text: 'Tokyo', logprobs: [said('To'), said('kyo')] });
  });

  it('throws the error that a stream ends with, also as final', async () => {
    const error = { message: 'refused', type: 'server_error', param: null, code: 'answer_rejected' };
    const stream = open(
      `${chunk('0.1.aaaaaaaa', [delta(0, 'To')])}event: error\ndata: ${JSON.stringify({ error })}\n\n`,
    );
    await expect(pieces(stream)).rejects.toMatchObject({
      name: 'GanglionError',
      code: 'answer_rejected',
      message: 'refused',
      requestId: 'r-1',
      taskId: TASK_ID,
    });
    await expect(stream.final).rejects.toMatchObject({ code: 'answer_rejected' });
  });

  it('does not take a stream that was cut for a whole one', async () => {
    const stream = open(good.slice(0, -'data: [DONE]\n\n'.length));
    await expect(pieces(stream)).rejects.toMatchObject({ code: 'stream_cut' });
  });

  it('ends a final that is waited for when the loop is left early', async () => {
    const stream = open(good);
    for await (const _ of stream) break;
    await expect(stream.final).rejects.toMatchObject({ code: 'stream_left' });
  });
});
