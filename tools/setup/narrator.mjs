/**
 * Tells what is going on: a spinner and colours on a terminal (unless NO_COLOR is set), plain lines elsewhere.
 */
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

export class Narrator {
  #out;
  #isTerminal;
  #hasColour;
  /** Steps that are under way, in the order they began. */
  #running = new Map();
  #timer;
  #frame = 0;

  /** @param {NodeJS.WriteStream} out */
  constructor(out = process.stdout) {
    this.#out = out;
    this.#isTerminal = Boolean(out.isTTY);
    this.#hasColour = this.#isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  paint(code, text) {
    return this.#hasColour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  line(text = '') {
    this.#clear();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  note(text) {
    this.line(this.paint(2, `  ${text}`));
  }

  begin(step) {
    this.#running.set(step, performance.now());
    if (!this.#isTerminal) return;
    this.#timer ??= setInterval(() => this.#turn(), 100).unref();
    this.#draw();
  }

  end(step) {
    const ms = performance.now() - (this.#running.get(step) ?? performance.now());
    this.#clear();
    this.#running.delete(step);
    this.#out.write(`${this.paint(32, '✓')} ${step} ${this.paint(2, `${(ms / 1000).toFixed(1)} s`)}\n`);
    if (this.#running.size === 0) this.stop();
    else this.#draw();
  }

  /** Tells of a step that does all its work in `work`. */
  async step(name, work) {
    this.begin(name);
    const result = await work();
    this.end(name);
    return result;
  }

  fail(text) {
    this.stop();
    this.#running.clear();
    this.#out.write(`${this.paint(31, '✗')} ${text}\n`);
  }

  stop() {
    this.#clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #turn() {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#clear();
    this.#draw();
  }

  #draw() {
    if (!this.#timer || this.#running.size === 0) return;
    const width = (this.#out.columns ?? 80) - 3;
    const names = [...this.#running.keys()].join(', ').slice(0, width);
    this.#out.write(`${this.paint(36, FRAMES[this.#frame])} ${names}`);
  }

  #clear() {
    if (this.#isTerminal && this.#timer) this.#out.write('\r\u001b[2K');
  }
}
