import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OrtApi } from './ort-api.js';

const LIBRARIES: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

let opened: OrtApi | undefined;

/** The C API of the shared library that onnxruntime-node carries. @throws Error when there is none for this machine */
export function openOrt(): OrtApi {
  return (opened ??= load());
}

function load(): OrtApi {
  const { platform, arch } = process;
  const library = LIBRARIES[platform];
  if (library === undefined) throw new Error(`there is no library for ${platform}`);
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return new OrtApi(join(dirname(manifest), 'bin', 'napi-v6', platform, arch, library));
}
