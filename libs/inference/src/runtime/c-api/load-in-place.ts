/** All of the C API that is to be loaded where it can be. */
import type { Room } from '../decoder.js';
import type { ServedGraph } from '../served-graph.js';
import { InPlaceDecoder } from './in-place-decoder.js';
import type { OrtApi } from './ort-api.js';
import { OrtSession } from './ort-session.js';

export { openOrt } from './open-ort.js';

export interface Loading {
  threads: number;
  room: Room;
}

/** @throws OrtError when ONNX Runtime refuses the model */
export function loadInPlace(api: OrtApi, graph: ServedGraph, { threads, room }: Loading): InPlaceDecoder {
  const session = new OrtSession(api, graph.bytes, { threads, dataFolder: graph.folder });
  return new InPlaceDecoder(session, graph, room);
}
