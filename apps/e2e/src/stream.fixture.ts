/** A `chat.completion.chunk` as far as specs read it. */
export interface Chunk {
  choices: { index: number; delta: { content?: string }; finish_reason: string | null }[];
  usage?: Record<string, number> | null;
  ganglion?: { taskId: string; receipt: string | null };
}

export interface StreamRead {
  chunks: Chunk[];
  ids: string[];
  isDone: boolean;
}

/** Reads a stream of server-sent events to its end, by the rules of the standard and without our own SDK. */
export const readStream = async (response: Response): Promise<StreamRead> => {
  const read: StreamRead = { chunks: [], ids: [], isDone: false };
  for (const block of (await response.text()).split('\n\n')) {
    const fields = block.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
    for (const line of fields) {
      const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name === 'id') read.ids.push(value);
      if (name === 'data' && value === '[DONE]') read.isDone = true;
      else if (name === 'data') read.chunks.push(JSON.parse(value) as Chunk);
    }
  }
  return read;
};
