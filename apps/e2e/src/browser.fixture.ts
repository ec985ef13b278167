import { accessSync, constants } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { NetworkAddress } from '@ganglion/testkit';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of this machine. Throws with the remedy if there is none. */
const findChromium = (): string => {
  const found = PLACES.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found)
    throw new Error(`none of ${PLACES.join(', ')} is there: install Chromium (apt-get install chromium)`);
  return found;
};

/** An operator's browser with one page of the dashboard. */
export class Operator implements AsyncDisposable {
  /** What the console or the page said of errors since the last look. */
  readonly #problems: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly network: NetworkAddress,
  ) {
    page.on('pageerror', (error) => this.#problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#problems.push(`${message.text()} (${message.location().url})`);
    });
  }

  static async open(network: NetworkAddress, options: BrowserContextOptions = {}): Promise<Operator> {
    // As root, as in containers, Chromium runs without its own sandbox only.
    const browser = await chromium.launch({ executablePath: findChromium(), chromiumSandbox: false });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return new Operator(page, browser, network);
  }

  async go(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.network.url).href);
  }

  /** Types a key into the form that is shown, and sends it. */
  async enter(key: string): Promise<void> {
    await this.page.getByLabel('Admin key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in with the network's first key, and is on the page of that path. */
  async signIn(path = '/'): Promise<void> {
    await this.go(path);
    await this.enter(this.network.apiKey);
    await this.page.getByRole('navigation', { name: 'pages' }).waitFor({ state: 'attached' });
  }

  /** What went wrong in the browser since this was asked last. */
  problems(): string[] {
    return this.#problems.splice(0);
  }

  /** Serious and critical accessibility problems of what is shown (axe-core's rules), each with where it is. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(async () => {
      const { axe: tool } = globalThis as unknown as { axe: typeof axe };
      return (await tool.run()).violations;
    });
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  }

  /** How far the page is wider than its window, in px: 0 when nothing must be scrolled sideways. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}
