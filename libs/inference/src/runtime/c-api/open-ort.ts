import { join } from 'node:path';
import { runtimeFolder } from '../runtime-folder.js';
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
  const library = LIBRARIES[process.platform];
  if (library === undefined) throw new Error(`there is no library for ${process.platform}`);
  return new OrtApi(join(runtimeFolder(), library));
}
