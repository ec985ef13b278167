import { Attempt, NODE, TASK_ID, words } from './answer.fixture.js';
import { CompletionChunks } from './completion.js';
import type { TaskEvent } from './running-task.js';
import { nativeFormat, openAiFormat, sseComment } from './sse.js';

const link = `deadbeef${'0'.repeat(56)}`;
const facts = {
  taskId: TASK_ID,
  sessionId: 'b7d0f1a6-3f0e-4a67-9d6e-0f4a4f1c2d3e',
  model: 'tiny',
  created: 1_700_000_000,
  hasLogprobs: false,
};
const shown = (index: number, text: string, choice = 0): TaskEvent => ({
  type: 'shown',
  choice,
  index,
  tokens: [[1, text]],
  link,
});
const finalised = (): TaskEvent => {
  const attempt = new Attempt({ attempt: 1, nodeId: NODE });
  attempt.frames(words('Hello there'));
  const record = attempt.finalised();
  if (record.type !== 'finalised') throw new Error('not final');
  return { type: 'finalised', record };
};
const failed: TaskEvent = {
  type: 'failed',
  state: 'FAILED',
  reason: { code: 'answer_rejected', message: 'refused' },
};

const read = (text: string) =>
  text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .map(({ data, ...rest }) => ({ ...rest, data: data === '[DONE]' ? data : JSON.parse(data ?? '') }));

describe('openAiFormat', () => {
  const format = (includeUsage = false) =>
    openAiFormat(TASK_ID, new CompletionChunks(facts, { includeUsage }));

  it('names choice, index and link of each piece in its id', () => {
    expect(format()(shown(3, 'Hello'))).toMatch(/^id: 0\.3\.deadbeef\ndata: \{.*\}\n\n$/);
  });

  it('sends the role with the first piece of each choice only', () => {
    const say = format();
    const deltas = [shown(1, 'a'), shown(2, 'b'), shown(1, 'c', 1)].map(
      (event) => read(say(event))[0]?.data.choices[0],
    );
    expect(deltas).toEqual([
      { index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null },
      { index: 0, delta: { content: 'b' }, finish_reason: null },
      { index: 1, delta: { role: 'assistant', content: 'c' }, finish_reason: null },
    ]);
  });

  it('sends nothing for tokens that release no text yet', () => {
    expect(format()(shown(1, ''))).toBe('');
  });

  it('carries log-probabilities where they were asked for, also before their text is released', () => {
    const say = openAiFormat(
      TASK_ID,
      new CompletionChunks({ ...facts, hasLogprobs: true }, { includeUsage: false }),
    );
    const piece = { ...shown(1, ''), logprobs: [[[7, -5_000, 'x']]] } as TaskEvent;
    expect(read(say(piece))[0]?.data.choices[0]).toEqual({
      index: 0,
      delta: { role: 'assistant', content: '' },
      logprobs: {
        content: [{ token: 'x', logprob: -0.5, bytes: [0x78], top_logprobs: [] }],
        refusal: null,
      },
      finish_reason: null,
    });
    const end = { ...shown(2, ''), logprobs: [[[2, -5, { special: '</s>' }]]] } as TaskEvent;
    expect(say(end)).toBe('');
    expect(read(say(finalised()))[0]?.data.choices[0]).toMatchObject({
      logprobs: null,
      finish_reason: 'stop',
    });
  });

  it('ends with the finish, the receipt and [DONE]', () => {
    const say = format();
    say(shown(1, 'Hello'));
    const [last, done, ...rest] = read(say(finalised()));
    expect(last?.data).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      ganglion: { taskId: TASK_ID, receipt: `/v1/tasks/${TASK_ID}/receipt` },
    });
    expect(last?.data).not.toHaveProperty('usage');
    expect(done?.data).toBe('[DONE]');
    expect(rest).toEqual([]);
  });

  it('sends the role of an empty answer with its finish', () => {
    expect(read(format()(finalised()))[0]?.data.choices[0].delta).toEqual({ role: 'assistant', content: '' });
  });

  it('sends the usage in a chunk without choices when it is asked for', () => {
    const [finish, usage, done] = read(format(true)(finalised()));
    expect(finish?.data).toMatchObject({ usage: null });
    expect(finish?.data).not.toHaveProperty('ganglion');
    expect(usage?.data).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      ganglion: { taskId: TASK_ID },
    });
    expect(done?.data).toBe('[DONE]');
  });

  it('ends a failed answer with a typed error and without [DONE]', () => {
    const text = format()(failed);
    expect(text).not.toMatch(/DONE/);
    expect(read(text)).toEqual([
      {
        event: 'error',
        data: {
          error: { message: 'refused', type: 'server_error', param: null, code: 'answer_rejected' },
          ganglion: { taskId: TASK_ID },
        },
      },
    ]);
  });

  it('tells the place in the queue as a comment', () => {
    expect(format()({ type: 'position', position: 2, etaMs: 1_500.4 })).toBe(
      ': queue position 2, about 1500 ms to go\n\n',
    );
  });
});

describe('nativeFormat', () => {
  it('sends the events of the socket', () => {
    const say = nativeFormat(TASK_ID);
    const text = [
      { type: 'position', position: 2, etaMs: null } as const,
      shown(3, 'Hi'),
      finalised(),
      failed,
    ]
      .map(say)
      .join('');
    expect(read(text).map(({ event }) => event)).toEqual([
      'task.position',
      'task.frame',
      'task.finalised',
      undefined,
      'task.failed',
    ]);
    expect(read(text)[1]).toMatchObject({
      id: '0.3.deadbeef',
      data: { taskId: TASK_ID, choice: 0, index: 3, text: 'Hi', link },
    });
  });
});

describe('sseComment', () => {
  it('stays one line whatever it is told', () => {
    expect(sseComment('a\r\ndata: x\n\nb')).toBe(': a data: x b\n\n');
  });
});
