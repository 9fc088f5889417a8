/** Somebody in the chat: what a person does in it and what they find there, by what a screen reader would call it. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';

/** A message as it is shown. */
export interface Shown {
  readonly by: string;
  readonly text: string;
}

export class Chatter {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Signs in with a username and a password. */
  async signIn(username: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Username' }).fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.comeIn();
  }

  /** Comes in to a machine in Open mode. */
  async open(name: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.comeIn();
  }

  async comeIn(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Sign in|Continue)$/ }).click();
  }

  /** Joins `room`, and hears it from then on. */
  async join(room: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Room' }).fill(room);
    await this.page.getByRole('button', { name: 'Join' }).click();
    await this.hears();
  }

  /** Waits until the room is live. */
  async hears(): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  get log(): Locator {
    return this.page.getByRole('log', { name: 'Messages' });
  }

  /** What is wrong, as it is read out at once. */
  get alert(): Locator {
    return this.page.getByRole('alert');
  }

  /** Says `text`, and is done when Momento has it. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    // What was not sent stays in the field.
    await this.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
  }

  /** Waits until `text` is shown. */
  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  /** All that is shown, from the first to the last. */
  messages(): Promise<Shown[]> {
    return this.log.getByRole('article').evaluateAll((articles) =>
      articles.map((article) => ({
        by: article.querySelector('strong')?.textContent ?? '',
        text: article.querySelector('.text')?.textContent ?? '',
      })),
    );
  }

  /** What the page lets one know of the token. */
  get token(): Locator {
    return this.page.getByRole('complementary', { name: 'You and your token' });
  }

  /** Finds nothing in the page that keeps anybody out, as far as a program can tell; and nothing beside it. */
  async isAccessible(): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    assert.deepEqual(found, []);
    // What is cut off makes no page wider: it is looked for, thing by thing. What is there to be heard alone has no place.
    const beside = await this.page.evaluate(() =>
      [...document.body.querySelectorAll('*')]
        .filter((element) => !element.closest('.unseen') && element.getBoundingClientRect().right > innerWidth + 1)
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    assert.deepEqual(beside, [], 'everything is inside the window');
  }
}
