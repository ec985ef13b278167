import type { ChatParameters } from '@ganglion/sdk';

/** What can be set; null leaves it to the model. */
export interface Settings {
  readonly model: string | null;
  readonly system: string;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly maxTokens: number | null;
  readonly seed: number | null;
  /** How many miners answer. */
  readonly redundancy: number;
  readonly verifyBefore: boolean;
}

export const firstSettings: Settings = {
  model: null,
  system: '',
  temperature: null,
  topP: null,
  maxTokens: 256,
  seed: null,
  redundancy: 1,
  verifyBefore: false,
};

export const parametersOf = (
  { temperature, topP, maxTokens, seed, redundancy, verifyBefore }: Settings,
  model: string,
): Omit<ChatParameters, 'messages'> => ({
  model,
  ...(temperature === null ? {} : { temperature }),
  ...(topP === null ? {} : { top_p: topP }),
  ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
  ...(seed === null ? {} : { seed }),
  ganglion: { redundancy, verify: verifyBefore ? 'before' : 'after' },
});
