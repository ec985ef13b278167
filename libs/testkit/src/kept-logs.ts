/**
 * The last lines of networks that are gone, for the Jest environment to print if the test fails: a network ends with
 * its test, before anyone knows how the test ended.
 */
const KEY = Symbol.for('ganglion.kept-logs');
const holder = globalThis as { [KEY]?: Map<string, string> };

export const rememberLogs = (name: string, lines: string): void => {
  (holder[KEY] ??= new Map()).set(name, lines);
};
