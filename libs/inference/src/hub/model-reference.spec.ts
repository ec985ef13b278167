import { formatReference, isCommit, modelIdOf, parseModelReference } from './model-reference.js';

describe('a reference to a model', () => {
  it.each([
    ['bundled:tiny', { kind: 'bundled', name: 'tiny' }],
    ['bundled:tiny:int8', { kind: 'bundled', name: 'tiny', quantisation: 'int8' }],
    ['auto', { kind: 'auto' }],
    ['./auto', { kind: 'directory', path: './auto' }],
    ['/models/mine', { kind: 'directory', path: '/models/mine' }],
    ['owner/repo', { kind: 'directory', path: 'owner/repo' }],
    ['C:\\models\\mine', { kind: 'directory', path: 'C:\\models\\mine' }],
    [
      'hf:onnx-community/Qwen2.5-0.5B-Instruct',
      { kind: 'hub', repository: 'onnx-community/Qwen2.5-0.5B-Instruct', revision: 'main' },
    ],
    [
      'hf:onnx-community/Qwen2.5-0.5B-Instruct@v1.0:q4',
      {
        kind: 'hub',
        repository: 'onnx-community/Qwen2.5-0.5B-Instruct',
        revision: 'v1.0',
        quantisation: 'q4',
      },
    ],
    ['hf:a/b@refs/pr/3', { kind: 'hub', repository: 'a/b', revision: 'refs/pr/3' }],
    ['hf:a/b:q4f16', { kind: 'hub', repository: 'a/b', revision: 'main', quantisation: 'q4f16' }],
  ])('%s is read', (text, reference) => {
    expect(parseModelReference(text)).toEqual(reference);
  });

  it.each([
    ['', /is empty/],
    ['a\0b', /zero byte/],
    ['bundled:', /names no bundled model/],
    ['bundled:../secrets', /names no bundled model/],
    ['hf:gpt2', /repository "gpt2", which is not <owner>\/<repo>/],
    ['hf:a/b/c', /not <owner>\/<repo>/],
    ['hf:../b', /not <owner>\/<repo>/],
    ['hf:a/..', /not <owner>\/<repo>/],
    ['hf:a--b/c', /not <owner>\/<repo>/],
    ['hf:a/b@', /revision ""/],
    ['hf:a/b@../../x', /revision/],
    ['hf:a/b@v1?token=1', /revision/],
    ['hf:a/b:', /quantisation ""/],
    ['hf:a/b:../x', /quantisation/],
    ['hf:a/b:q4:q8', /more than one quantisation/],
    ['https://huggingface.co/a/b/tree/main', /write hf:a\/b, .*GANGLION_MODEL_MIRROR/],
    ['s3:bucket/model', /begins with s3:/],
  ])('%j is refused with what is wrong and the forms that exist', (text, problem) => {
    const refusal = expect(() => parseModelReference(text));
    refusal.toThrow(problem);
    refusal.toThrow(/bundled:tiny, a directory, hf:<owner>\/<repo>/);
    refusal.toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID', field: 'model' }) as Error);
  });

  it('is written in full as it is read', () => {
    const text = 'hf:a/b@main:q4';
    expect(formatReference(parseModelReference(text) as never)).toBe(text);
    expect(formatReference(parseModelReference('hf:a/b') as never)).toBe('hf:a/b@main');
  });

  it('gives the name that clients use', () => {
    expect(modelIdOf('onnx-community/Qwen2.5-0.5B-Instruct')).toBe('qwen2.5-0.5b-instruct');
  });

  it('tells a commit from what may move', () => {
    expect(isCommit('0123456789abcdef0123456789abcdef01234567')).toBe(true);
    expect(isCommit('main')).toBe(false);
  });
});
