/**
 * What a file may ask of us. Each is far above what exported decoders have (a few thousand nodes, a few hundred
 * thousand fields, names of some hundred bytes) and low enough that the worst file costs seconds and a few hundred
 * megabytes, not the process.
 */
export const LIMITS = {
  /** Messages inside messages; protobuf's own readers stop at 100. */
  depth: 48,
  fields: 8_000_000,
  nodes: 200_000,
  tensors: 200_000,
  /** Inputs and outputs of all graphs. */
  values: 20_000,
  nameBytes: 4096,
  rank: 16,
  /** Of one attribute; longer lists are skipped, for nothing that we decide needs them. */
  attributeValues: 64,
  /** Estimated bytes of all that is kept. */
  keptBytes: 256 * 2 ** 20,
  dataFiles: 10_000,
  /** Of an edited graph, which holds everything but the large initializers. */
  editedBytes: 256 * 2 ** 20,
} as const;
