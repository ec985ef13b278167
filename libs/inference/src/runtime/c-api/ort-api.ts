/**
 * The few functions of ONNX Runtime's C API that this engine calls, on the shared library that onnxruntime-node ships.
 * Source: onnxruntime_c_api.h; positions are those of version 16 of its table, which later versions only add to.
 */
import koffi, { type LibraryHandle } from 'koffi';

/** An address; 0n is none. */
export type Pointer = bigint;

const API_VERSION = 16;
const STACK_BYTES = 8 << 20;

const FUNCTIONS = {
  getErrorMessage: [2, 'str', ['void *']],
  createEnv: [3, 'void *', ['int', 'str', 'void *']],
  createSession: [7, 'void *', ['void *', 'void *', 'void *', 'void *']],
  createSessionFromArray: [8, 'void *', ['void *', 'void *', 'size_t', 'void *', 'void *']],
  run: [9, 'void *', ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *']],
  createSessionOptions: [10, 'void *', ['void *']],
  setLogSeverityLevel: [22, 'void *', ['void *', 'int']],
  setGraphOptimizationLevel: [23, 'void *', ['void *', 'int']],
  setIntraOpNumThreads: [24, 'void *', ['void *', 'int']],
  setInterOpNumThreads: [25, 'void *', ['void *', 'int']],
  createRunOptions: [39, 'void *', ['void *']],
  runOptionsSetTerminate: [46, 'void *', ['void *']],
  runOptionsUnsetTerminate: [47, 'void *', ['void *']],
  createTensorWithData: [49, 'void *', ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'void *']],
  createCpuMemoryInfo: [69, 'void *', ['int', 'int', 'void *']],
  releaseStatus: [93, 'void', ['void *']],
  releaseSession: [95, 'void', ['void *']],
  releaseValue: [96, 'void', ['void *']],
  releaseRunOptions: [97, 'void', ['void *']],
  releaseSessionOptions: [100, 'void', ['void *']],
  addSessionConfigEntry: [130, 'void *', ['void *', 'str', 'str']],
} as const satisfies Record<string, [at: number, result: string, takes: string[]]>;

type Name = keyof typeof FUNCTIONS;

/** A call that ONNX Runtime refused, in its own words. */
class OrtError extends Error {}

type Native = ((...args: unknown[]) => unknown) & { async: (...args: unknown[]) => void };

/** koffi takes its configuration before its first library, so that there is one of a process. */
export class OrtApi {
  /** Of the library, such as 1.30.0. */
  readonly version: string;
  /** A collected handle would unload the library, whoever still holds its functions. */
  readonly library: LibraryHandle;
  readonly #functions: Record<Name, Native>;

  /** @throws Error when the library cannot be loaded, or is older than the table */
  constructor(libraryPath: string) {
    // Kernels keep their work buffers on the stack of the thread that runs them; koffi's own default is 128 KiB.
    if (koffi.config().async_stack_size !== STACK_BYTES) koffi.config({ async_stack_size: STACK_BYTES });
    this.library = koffi.load(libraryPath);
    const base = this.library.func('void *OrtGetApiBase()')() as Pointer;
    const [getApi, getVersion] = koffi.decode(base, koffi.array('void *', 2)) as [Pointer, Pointer];
    this.version = koffi.call(getVersion, koffi.proto('str', [])) as string;
    const api = koffi.call(getApi, koffi.proto('void *', ['uint32']), API_VERSION) as Pointer | null;
    if (!api)
      throw new Error(`ONNX Runtime ${this.version} does not know version ${API_VERSION} of its C API`);
    const length = 1 + Math.max(...Object.values(FUNCTIONS).map(([at]) => at));
    const table = koffi.decode(api, koffi.array('void *', length)) as Pointer[];
    this.#functions = Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, [at, result, takes]]) => [
        name,
        koffi.decode(table[at], koffi.proto(result, [...takes])) as Native,
      ]),
    ) as Record<Name, Native>;
  }

  /** Calls a function that may refuse. @throws OrtError */
  call(name: Name, ...args: unknown[]): void {
    this.#check(this.#functions[name](...args));
  }

  /** Calls a function whose last parameter gets a new object. @throws OrtError */
  make(name: Name, ...args: unknown[]): Pointer {
    const made = new BigUint64Array(1);
    this.call(name, ...args, made);
    return made[0]!;
  }

  /** The same as `call`, on a thread of koffi's pool. All memory given must stay referenced until it settles. */
  callAsync(name: Name, ...args: unknown[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#functions[name].async(...args, (error: Error | null, status: unknown) => {
        try {
          if (error) throw error;
          this.#check(status);
          resolve();
        } catch (problem) {
          reject(problem as Error);
        }
      });
    });
  }

  /** Gives an object back; a release never fails. */
  release(name: Name, object: Pointer): void {
    this.#functions[name](object);
  }

  #check(status: unknown): void {
    if (!status) return;
    const message = this.#functions.getErrorMessage(status) as string;
    this.#functions.releaseStatus(status);
    throw new OrtError(message);
  }
}
