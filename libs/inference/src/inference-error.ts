export type InferenceErrorCode = 'MODEL_INVALID' | 'PROMPT_TOO_LONG' | 'PROMPT_INVALID' | 'ENGINE_FAILED';

/** The one error this library throws on purpose; `field` names the input, or the model's file, that was wrong. */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';

  constructor(
    readonly code: InferenceErrorCode,
    message: string,
    readonly field?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
