import { TestEnvironment } from 'jest-environment-node';

/** Native code asks whether a value is a Float32Array of its own realm; here specs have that one, not a copy. */
export default class NativeArraysEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { Float32Array, Uint16Array, BigInt64Array });
  }
}
