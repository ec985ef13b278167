import type { ModelEvent, Progress } from '@ganglion/inference';
import { inBytes, inTime } from './quantity.js';

const LINE_MS = 5_000;
const BAR_WIDTH = 24;

/** Shows a download: a bar that moves on a terminal, otherwise a line every five seconds. */
export class DownloadView {
  #isBarOpen = false;
  #nextLineAt = 0;

  constructor(private readonly out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }) {}

  /** @param now milliseconds of a steady clock */
  show(event: ModelEvent, now: number): void {
    if (event.kind === 'notice') this.#line(event.message);
    if (event.kind === 'retry') this.#line(`${event.problem}; again in ${inTime(event.delayMs / 1000)}`);
    if (event.kind === 'started') {
      const { repository, commit, quantisation, files, totalBytes } = event;
      this.#line(
        `${repository} at ${commit.slice(0, 12)}, ${quantisation}: ${files} files, ${inBytes(totalBytes)}`,
      );
      this.#nextLineAt = now + LINE_MS;
    }
    if (event.kind === 'progress') this.#progress(event.progress, now);
    if (event.kind === 'finished') this.end();
  }

  /** Leaves the bar as it is. */
  end(): void {
    if (this.#isBarOpen) this.out.write('\n');
    this.#isBarOpen = false;
  }

  #progress(progress: Progress, now: number): void {
    if (this.out.isTTY) {
      const width = (this.out.columns ?? 80) - 1;
      this.out.write(`\r${`${bar(progress)} ${describe(progress)}`.slice(0, width)}\u001B[K`);
      this.#isBarOpen = true;
    } else if (now >= this.#nextLineAt) {
      this.#nextLineAt = now + LINE_MS;
      this.#line(describe(progress));
    }
  }

  /** Above the bar, which is drawn anew below it. */
  #line(text: string): void {
    this.out.write(this.#isBarOpen ? `\r${text}\u001B[K\n` : `${text}\n`);
    this.#isBarOpen = false;
  }
}

const share = ({ bytes, totalBytes }: Progress): number => (totalBytes === 0 ? 1 : bytes / totalBytes);

const bar = (progress: Progress): string => {
  const done = Math.floor(share(progress) * BAR_WIDTH);
  return `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`;
};

const describe = (progress: Progress): string => {
  const { bytes, totalBytes, bytesPerSecond, etaSeconds, files } = progress;
  const left = etaSeconds === undefined || bytes === totalBytes ? '' : `, ${inTime(etaSeconds)} left`;
  const open = files.filter((file) => file.bytes < file.totalBytes);
  const which = open.length === 1 ? ` ${open[0]!.path}` : open.length > 1 ? ` ${open.length} files` : '';
  const percent = Math.floor(100 * share(progress));
  return `${percent} % of ${inBytes(totalBytes)}, ${inBytes(bytesPerSecond)}/s${left}${which}`;
};
