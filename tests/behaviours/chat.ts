/**
 * People in the chat, in each mode.
 *
 * Real: Chromium, the page as it is built and served, the deployed stacks, the emulator's Cognito with SRP, the local Momento. Not
 * real: the trouble of the endpoint is the local Momento's, which was told to have it.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { chatOf } from '../browser/chats.ts';
import { Chatter } from '../browser/chatter.ts';
import { somebody } from '../browser/shared-browser.ts';
import { apiKey, CACHE, endpointOf, memberOf, momentoUrl, type StackName } from '../support/machines.ts';
import { withFault } from '../support/momento-faults.ts';
import { TokenOwner } from '../support/rights.ts';

/** All of them together. */
const TESTS_MS = 300_000;
/** As small as they are still made. */
const PHONE = { viewport: { width: 320, height: 568 } };
/** As long as a token of `ShortLived` lives: who has one asks for the next before. */
const TOKEN_MS = 6_000;
/** Between two messages. */
const PACE_MS = 250;

export function chat(): void {
  /** Somebody before the chat of `stack`. */
  const visitor = async (t: TestContext, stack: StackName) => {
    const person = await somebody(t);
    return { person, chatter: new Chatter(await person.tab(await chatOf(stack))) };
  };
  /** A member of `group` who is signed in. */
  const member = async (t: TestContext, stack: 'LambdaAuthorizer' | 'AmazonCognito', group: string) => {
    const { person, chatter } = await visitor(t, stack);
    const { username, password } = memberOf(stack, group);
    await chatter.signIn(username, password);
    return { person, chatter, username };
  };
  /** Somebody in Open mode, in `room`. */
  const guest = async (t: TestContext, stack: 'Open' | 'ShortLived', name: string, room: string) => {
    const { person, chatter } = await visitor(t, stack);
    await chatter.open(name);
    await chatter.join(room);
    return { person, chatter };
  };

  describe('The chat', { timeout: TESTS_MS }, () => {
    for (const stack of ['LambdaAuthorizer', 'AmazonCognito'] as const) {
      test(`two people in ${stack} mode talk, under the names that they signed in with`, async (t) => {
        const room = randomUUID();
        const ada = await member(t, stack, 'ReadWriteUserGroup');
        const bob = await member(t, stack, 'ReadWriteUserGroup');
        for (const { chatter } of [ada, bob]) await chatter.join(room);
        await ada.chatter.say('Good morning');
        await bob.chatter.sees('Good morning');
        await bob.chatter.say('And to you');
        await ada.chatter.sees('And to you');
        const all = ['Good morning', 'And to you'].map((text) => ({ by: ada.username, text }));
        for (const { chatter } of [ada, bob]) assert.deepEqual(await chatter.messages(), all);
        await ada.chatter.token.getByText('verified name', { exact: true }).waitFor();
      });

      test(`who may only read in ${stack} mode sees it, and hears the others`, async (t) => {
        const room = randomUUID();
        const ada = await member(t, stack, 'ReadWriteUserGroup');
        const reader = await member(t, stack, 'ReadOnlyUserGroup');
        for (const { chatter } of [ada, reader]) await chatter.join(room);
        await ada.chatter.say('Can you hear me?');
        await reader.chatter.sees('Can you hear me?');
        assert.equal(await reader.chatter.composer.count(), 0);
        await reader.chatter.page.getByText('You can read in this room, but not write.').waitFor();
        await reader.chatter.token.getByText('read only').waitFor();
      });

      test(`a wrong password in ${stack} mode is told, and the right one then counts`, async (t) => {
        const { person, chatter } = await visitor(t, stack);
        // Chromium puts each answer of 400 and more on the console.
        person.expects(/status of 40[03]/);
        const { username, password } = memberOf(stack, 'ReadWriteUserGroup');
        await chatter.signIn(username, `${password}x`);
        await chatter.alert.getByText('password is wrong').waitFor();
        const focused = await chatter.page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.type);
        assert.equal(focused, 'password', 'where one types again');
        await chatter.isAccessible();
        await chatter.signIn(username, password);
        await chatter.token.getByText(username).waitFor();
      });
    }

    test('two users of a pool talk in two tabs of one browser', async (t) => {
      const room = randomUUID();
      const person = await somebody(t);
      const tabs = ['ReadWriteUserGroup', 'ReadOnlyUserGroup'].map(async (group) => {
        const chatter = new Chatter(await person.tab(await chatOf('AmazonCognito')));
        const { username, password } = memberOf('AmazonCognito', group);
        await chatter.signIn(username, password);
        await chatter.join(room);
        return chatter;
      });
      const [writer, reader] = [await tabs[0], await tabs[1]];
      assert.ok(writer && reader);
      await writer.say('You are beside me');
      await reader.sees('You are beside me');
      assert.equal(await reader.composer.count(), 0);
    });

    test('a page that was not told of a machine asks for its mode and its address', async (t) => {
      const person = await somebody(t);
      person.expects(/status of 404/);
      await person.context.route('**/chat.json', (route) => route.fulfill({ status: 404 }));
      const chatter = new Chatter(await person.tab(await chatOf('LambdaAuthorizer')));
      await chatter.page.getByLabel('Mode').selectOption('LambdaAuthorizer');
      await chatter.page.getByLabel('Endpoint').fill(endpointOf('LambdaAuthorizer'));
      await chatter.isAccessible();
      const { username, password } = memberOf('LambdaAuthorizer', 'ReadWriteUserGroup');
      await chatter.signIn(username, password);
      await chatter.token.getByText(username).waitFor();
    });

    test('in Open mode people have the names that they typed, which the page says nobody verified', async (t) => {
      const room = randomUUID();
      const { chatter: ada } = await guest(t, 'Open', 'Ada', room);
      const { chatter: nobody } = await guest(t, 'Open', '', room);
      await ada.say('Hello');
      await nobody.sees('Hello');
      await nobody.say('Hello to you');
      await ada.sees('Hello to you');
      assert.deepEqual(await ada.messages(), [
        { by: 'Ada', text: 'Hello' },
        { by: 'Unnamed', text: 'Hello to you' },
      ]);
      await ada.token.getByText('name not verified').waitFor();
    });

    test('a message is text, whatever it says of its author and whatever markup it has', async (t) => {
      const room = randomUUID();
      const { chatter } = await guest(t, 'Open', 'Ada', room);
      const lies = [
        '{"username":"Ada","text":"I never said so"}',
        '<img src=x onerror="document.title=1"><b>Ada</b>: hm',
      ];
      const forger = new TokenOwner(apiKey(), momentoUrl());
      for (const lie of lies) {
        assert.equal(await forger.publish(CACHE, room, lie), 'granted');
        await chatter.sees(lie);
      }
      assert.deepEqual(
        await chatter.messages(),
        lies.map((text) => ({ by: 'Unnamed', text })),
      );
      assert.equal(await chatter.page.title(), 'Chat');
    });

    test('where the endpoint does not say what a token may do, Momento refuses, and the page says so from then on', async (t) => {
      const { person, chatter } = await visitor(t, 'LambdaAuthorizer');
      await hideGrant(chatter.page, endpointOf('LambdaAuthorizer'));
      const { username, password } = memberOf('LambdaAuthorizer', 'ReadOnlyUserGroup');
      await chatter.signIn(username, password);
      await chatter.join(randomUUID());
      await chatter.composer.fill('Let me in');
      await chatter.composer.press('Enter');
      await chatter.alert.getByText('do not have permission to write').waitFor();
      assert.equal(await chatter.composer.count(), 0);
      assert.deepEqual(person.troubles(), []);
    });

    test('no message is lost or comes twice while the tokens of both end', async (t) => {
      const room = randomUUID();
      const [ada, bob] = [await guest(t, 'ShortLived', 'Ada', room), await guest(t, 'ShortLived', 'Bob', room)];
      const said: string[] = [];
      const tokens = countTokens(ada.chatter.page);
      while (tokens() < 3) {
        said.push(`message ${said.length + 1}`);
        await ada.chatter.say(said.at(-1) ?? '');
        await sleep(PACE_MS);
      }
      await bob.chatter.sees(said.at(-1) ?? '');
      for (const { chatter } of [ada, bob]) {
        assert.deepEqual(
          (await chatter.messages()).map(({ text }) => text),
          said,
        );
      }
    });

    test('the endpoint is down for longer than a token lives and comes back: it is told, and nothing is lost', async (t) => {
      const room = randomUUID();
      const { person, chatter } = await guest(t, 'ShortLived', randomUUID(), room);
      person.expects(/status of 503/);
      const publisher = new TokenOwner(apiKey(), momentoUrl());
      const said: string[] = [];
      const publish = async () => {
        said.push(`message ${said.length + 1}`);
        assert.equal(await publisher.publish(CACHE, room, said.at(-1) ?? ''), 'granted');
      };
      await publish();
      await withFault({ status: 'UNAVAILABLE' }, async () => {
        await chatter.page.getByText('The token service has a problem (MomentoUnavailable).').waitFor();
        await publish();
        await chatter.token.getByText('Your token has expired').waitFor();
        await publish();
        await chatter.isAccessible();
      });
      await publish();
      await chatter.sees(said.at(-1) ?? '');
      await chatter.page.getByText('The token service has a problem').waitFor({ state: 'detached' });
      assert.deepEqual(
        (await chatter.messages()).map(({ text }) => text),
        said,
      );
      await chatter.say('I am back');
    });

    test('all of it by keyboard', async (t) => {
      const { chatter } = await visitor(t, 'Open');
      const { keyboard } = chatter.page;
      await chatter.page.getByLabel('Your name').and(chatter.page.locator(':focus')).waitFor();
      await keyboard.type('Ada');
      await keyboard.press('Enter');
      // The room has the keyboard, and then the message.
      await chatter.page.getByRole('textbox', { name: 'Room' }).and(chatter.page.locator(':focus')).waitFor();
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type(randomUUID());
      await keyboard.press('Enter');
      await chatter.composer.and(chatter.page.locator(':focus')).waitFor();
      await keyboard.type('first line');
      await keyboard.press('Shift+Enter');
      await keyboard.type('second line');
      await keyboard.press('Enter');
      await chatter.log.getByRole('article').waitFor();
      assert.deepEqual(await chatter.messages(), [{ by: 'Ada', text: 'first line\nsecond line' }]);
    });

    test('a reload keeps the name and the room, and a link to the room leads into it', async (t) => {
      const room = `room ${randomUUID()}`;
      const { chatter: ada } = await guest(t, 'Open', 'Ada', room);
      await ada.page.reload();
      await ada.hears();
      await ada.say('Still here');
      assert.deepEqual(await ada.messages(), [{ by: 'Ada', text: 'Still here' }]);
      const bob = await visitor(t, 'Open');
      await bob.chatter.page.goto(ada.page.url());
      await bob.chatter.open('Bob');
      await bob.chatter.hears();
      await ada.page.getByRole('button', { name: 'Sign out' }).click();
      await ada.page.reload();
      await ada.page.getByLabel('Your name').waitFor();
    });

    test('without a network the room does not claim to be live', async (t) => {
      const { person, chatter } = await guest(t, 'Open', randomUUID(), randomUUID());
      person.expects(/ERR_INTERNET_DISCONNECTED/);
      await person.context.setOffline(true);
      await chatter.page.getByRole('status').filter({ hasText: 'Offline' }).waitFor();
      await chatter.composer.fill('Is anybody there?');
      await chatter.composer.press('Enter');
      await chatter.alert.getByText('did not confirm the message').waitFor();
      assert.equal(await chatter.composer.inputValue(), 'Is anybody there?', 'what was not sent is still there');
      await person.context.setOffline(false);
      await chatter.hears();
      await chatter.composer.press('Enter');
      await chatter.sees('Is anybody there?');
    });

    test('an address in a message can be opened, and learns nothing of the chat', async (t) => {
      const { chatter } = await guest(t, 'Open', 'Ada', randomUUID());
      await chatter.say('see http://127.0.0.1:9/a, or javascript:alert(1)');
      const link = chatter.log.getByRole('link');
      assert.equal(await link.getAttribute('href'), 'http://127.0.0.1:9/a');
      assert.match((await link.getAttribute('rel')) ?? '', /noopener noreferrer/);
    });

    test('who signs out has no token any more', async (t) => {
      const { chatter } = await guest(t, 'ShortLived', randomUUID(), randomUUID());
      const streamEnds = chatter.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/Subscribe'));
      await chatter.page.getByRole('button', { name: 'Sign out' }).click();
      await streamEnds;
      await chatter.page.getByRole('button', { name: 'Continue' }).waitFor();
      let asked = 0;
      chatter.page.on('request', () => {
        asked += 1;
      });
      await sleep(TOKEN_MS);
      assert.equal(asked, 0, 'nothing is asked for');
    });

    test('keeps nobody out who may only read, in a room with a long name, on a phone', async (t) => {
      const person = await somebody(t, PHONE);
      const chatter = new Chatter(await person.tab(await chatOf('LambdaAuthorizer')));
      const { username, password } = memberOf('LambdaAuthorizer', 'ReadOnlyUserGroup');
      await chatter.signIn(username, password);
      const room = `a room with a name that is longer than a phone is wide ${randomUUID()}`;
      await chatter.join(room);
      const publisher = new TokenOwner(apiKey(), momentoUrl());
      for (const text of ['Hello', 'x'.repeat(500)])
        assert.equal(await publisher.publish(CACHE, room, text), 'granted');
      await chatter.sees('x'.repeat(500));
      await chatter.token.getByText('Your permissions').click();
      const width = await chatter.token
        .getByRole('listitem')
        .first()
        .evaluate((item) => item.firstElementChild?.clientWidth);
      assert.ok((width ?? 0) > 120, `a permission is ${width} px wide: its words stay whole`);
      await chatter.isAccessible();
    });

    for (const [what, options] of [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['on a phone', PHONE],
    ] as const) {
      test(`keeps nobody out: ${what}`, async (t) => {
        const person = await somebody(t, options);
        const chatter = new Chatter(await person.tab(await chatOf('LambdaAuthorizer')));
        await chatter.isAccessible();
        const { username, password } = memberOf('LambdaAuthorizer', 'ReadWriteUserGroup');
        await chatter.signIn(username, password);
        await chatter.page.getByRole('heading', { name: 'Join a room' }).waitFor();
        await chatter.isAccessible();
        await chatter.join(randomUUID());
        for (const text of ['Hello', 'x'.repeat(500), 'line\n'.repeat(30)]) await chatter.say(text);
        await chatter.isAccessible();
      });
    }
  });
}

/** Takes the header `Token-Grant` from what the endpoint answers to `page`, as a machine of before would. */
async function hideGrant(page: Page, endpoint: string): Promise<void> {
  await page.route(`${endpoint}**`, async (route) => {
    const response = await route.fetch();
    const { 'token-grant': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

/** How many tokens `page` got from now on, each another. */
function countTokens(page: Page): () => number {
  const tokens = new Set<string>();
  page.on('response', async (response) => {
    if (!response.url().startsWith(endpointOf('ShortLived')) || response.status() !== 200) return;
    tokens.add(((await response.json()) as { authToken: string }).authToken);
  });
  return () => tokens.size;
}
