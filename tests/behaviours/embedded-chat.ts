/**
 * People in the chat of a server that vends its users' tokens itself.
 *
 * Real: Chromium, examples/embedded-chat as it is built, with its sessions; the page; the local Momento. No AWS, and no emulator
 * of it, is asked for anything.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Chatter } from '../browser/chatter.ts';
import { somebody } from '../browser/shared-browser.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../support/embedded-server.ts';

/** All of them together, with a build of the server. */
const TESTS_MS = 300_000;

export function embeddedChat(): void {
  let server: EmbeddedServer;
  const visitor = async (t: TestContext) => {
    const person = await somebody(t);
    return { person, chatter: new Chatter(await person.tab(server.url)) };
  };
  const memberOf = (group: string) => {
    const user = server.users.find(({ groups }) => groups.includes(group));
    assert.ok(user, `somebody of ${group}`);
    return user;
  };
  const member = async (t: TestContext, group: string, room: string) => {
    const { person, chatter } = await visitor(t);
    const { username, password } = memberOf(group);
    await chatter.signIn(username, password);
    await chatter.join(room);
    return { person, chatter, username };
  };

  describe('The chat of an embedded machine', { timeout: TESTS_MS }, () => {
    before(async () => {
      server = await startEmbeddedServer();
    });
    after(() => server?.end());

    test('one writes and the other reads, under the name of the session', async (t) => {
      const room = randomUUID();
      const writer = await member(t, 'ReadWriteUserGroup', room);
      const reader = await member(t, 'ReadOnlyUserGroup', room);
      await writer.chatter.say('No AWS anywhere');
      await reader.chatter.sees('No AWS anywhere');
      assert.deepEqual(await reader.chatter.messages(), [{ by: writer.username, text: 'No AWS anywhere' }]);
      assert.equal(await reader.chatter.composer.count(), 0);
      await reader.chatter.isAccessible();
    });

    test('a wrong password is told, and the right one then counts', async (t) => {
      const { person, chatter } = await visitor(t);
      person.expects(/status of 401/);
      const { username, password } = memberOf('ReadWriteUserGroup');
      await chatter.signIn(username, `${password}x`);
      await chatter.alert.getByText('password is wrong').waitFor();
      await chatter.signIn(username, password);
      await chatter.join(randomUUID());
    });

    test('no script sees the session, and who signs out has none', async (t) => {
      const { person, chatter } = await member(t, 'ReadWriteUserGroup', randomUUID());
      person.expects(/status of 401/);
      const status = () => chatter.page.evaluate(async () => (await fetch('/api/momento/token')).status);
      assert.equal(await status(), 200);
      assert.equal(await chatter.page.evaluate(() => document.cookie), '');
      const ended = chatter.page.waitForResponse((response) => response.request().method() === 'DELETE');
      await chatter.page.getByRole('button', { name: 'Sign out' }).click();
      await ended;
      await chatter.page.getByRole('button', { name: 'Sign in' }).waitFor();
      assert.equal(await status(), 401);
      assert.deepEqual(await person.context.cookies(), []);
    });
  });
}
