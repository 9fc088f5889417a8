/**
 * Somebody with a browser profile of their own, and what went wrong in it.
 *
 * Every error on a console, every uncaught exception and every violation of a page's Content-Security-Policy fails the test,
 * unless the test expects it.
 */
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** A request that a tab made, as the network had it. */
export interface Exchange {
  readonly url: string;
  /** `OPTIONS` is a preflight: no page here asks for one. */
  readonly method: string;
  /** 0 until there is an answer. */
  status: number;
}

/** What a violation is told by, as the page's own event says it: a console may leave it out. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  tellViolation(violatedDirective + ' forbids ' + blockedURI));`;

export class Person {
  readonly context: BrowserContext;
  readonly #troubles: string[] = [];
  readonly #expected: RegExp[] = [];

  private constructor(context: BrowserContext) {
    this.context = context;
  }

  /** `options`: what their device is like. */
  static async arrive(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
    const person = new Person(await browser.newContext(options));
    await person.#listen();
    return person;
  }

  async #listen(): Promise<void> {
    const { context } = this;
    const note = (trouble: string) => this.#troubles.push(trouble);
    context.on('console', (message) => {
      if (message.type() === 'error') note(`console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (event) => note(`exception: ${event.error()}`));
    await context.exposeFunction('tellViolation', (violation: string) => note(`policy: ${violation}`));
    await context.addInitScript(TELL_VIOLATIONS);
  }

  /** A new tab at `url`. */
  async tab(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  /** The requests of `page` to `url` from now on, preflights among them. */
  async exchanges(page: Page, url: string): Promise<readonly Exchange[]> {
    const seen = new Map<string, Exchange>();
    const list: Exchange[] = [];
    const network = await this.context.newCDPSession(page);
    network.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (!request.url.startsWith(url)) return;
      const exchange = { url: request.url, method: request.method, status: 0 };
      seen.set(requestId, exchange);
      list.push(exchange);
    });
    network.on('Network.responseReceived', ({ requestId, response }) => {
      const exchange = seen.get(requestId);
      if (exchange) exchange.status = response.status;
    });
    await network.send('Network.enable');
    return list;
  }

  /** What goes wrong and looks like `trouble` is meant to; and it is to go wrong. */
  expects(trouble: RegExp): void {
    this.#expected.push(trouble);
  }

  /** What went wrong until now, and was not expected. */
  troubles(): string[] {
    return this.#troubles.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble)));
  }

  /** Closes the browser. Throws what went wrong, and what did not but should have. */
  async leave(): Promise<void> {
    await this.context.close();
    assert.deepEqual(this.troubles(), [], 'nothing goes wrong in the browser');
    const unmet = this.#expected.filter((pattern) => !this.#troubles.some((trouble) => pattern.test(trouble)));
    assert.deepEqual(unmet, [], 'what was expected to go wrong did');
  }
}
