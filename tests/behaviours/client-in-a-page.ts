/**
 * The client package in a browser, from another origin than everything that it calls.
 *
 * Real: Chromium with its same-origin policy, preflights, Web Locks and BroadcastChannel; the deployed stacks; the local
 * Momento over gRPC-web. A token's end is waited for; only a night's sleep is the page's clock put forward.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Setup } from '../browser/page/client.ts';
import type { Exchange, Person } from '../browser/person.ts';
import { open, siteOf, somebody } from '../browser/shared-browser.ts';
import { claimsOf } from '../support/load.ts';
import { apiKey, CACHE, endpointOf, localMomentoUrl, memberOf, type StackName } from '../support/machines.ts';
import { plantKey } from '../support/planted.ts';
import { TokenOwner } from '../support/rights.ts';

/** What a page waits for in vain, it waits for till then. */
const LIMIT = { timeout: 40_000 };
/** Between two messages. */
const PACE_MS = 50;

const methods = (exchanges: readonly Exchange[]) => exchanges.map(({ method }) => method).sort();

export function clientInAPage(): void {
  const at = (stack: StackName, who: Setup['who'] = {}): Setup => ({
    endpoint: endpointOf(stack),
    momento: localMomentoUrl(),
    who,
  });
  /** A tab of `person` whose app begins as `setup` says, and its requests to the endpoint. */
  const app = async (person: Person, setup: Setup) => {
    const { page, act } = await open('client', person);
    const exchanges = await person.exchanges(page, setup.endpoint);
    await act('begin', setup);
    return { page, act, exchanges };
  };
  const appOf = async (t: TestContext, setup: Setup) => app(await somebody(t), setup);

  /** Publishes `1`, `2` … to `topic` by the API key, until it is told to stop. */
  const publishing = (t: TestContext, topic: string) => {
    const publisher = new TokenOwner(apiKey(), localMomentoUrl());
    let goesOn = true;
    t.after(() => {
      goesOn = false;
    });
    const published = (async () => {
      const values: string[] = [];
      while (goesOn) {
        const value = String(values.length + 1);
        assert.equal(await publisher.publish(CACHE, topic, value), 'granted');
        values.push(value);
        await sleep(PACE_MS);
      }
      return values;
    })();
    /** Ends it. @returns what was published */
    return () => {
      goesOn = false;
      return published;
    };
  };

  describe('The client in a browser', () => {
    before(() => siteOf('client'));

    test('gets a token from another origin, by a request that needs no preflight', LIMIT, async (t) => {
      const { act, exchanges } = await appOf(t, at('Open', { name: 'Taylor' }));
      const { authToken } = await act('token');
      plantKey('a token of a page', authToken);
      assert.equal(claimsOf(authToken).id, 'Taylor');
      assert.deepEqual(methods(exchanges), ['GET']);
    });

    test('signs in with a password, which takes a preflight', LIMIT, async (t) => {
      const { username, password } = memberOf('LambdaAuthorizer', 'ReadWriteUserGroup');
      const { act, exchanges } = await appOf(t, at('LambdaAuthorizer', { username, password }));
      assert.equal(claimsOf((await act('token')).authToken).id, username);
      assert.deepEqual(methods(exchanges), ['GET', 'OPTIONS']);
    });

    test('hears why it is refused', LIMIT, async (t) => {
      const person = await somebody(t);
      person.expects(/status of 403/);
      const { username } = memberOf('LambdaAuthorizer', 'ReadWriteUserGroup');
      const { act } = await app(person, at('LambdaAuthorizer', { username, password: 'somebody else' }));
      await assert.rejects(act('token'), /TokenError/);
      assert.deepEqual(await act('troubles', 1), ['refused Forbidden']);
    });

    test('asks once for all tabs of an origin, also for those that are opened later', LIMIT, async (t) => {
      const person = await somebody(t);
      const setup = at('Open', { name: randomUUID() });
      const tabs = [await app(person, setup), await app(person, setup)];
      const tokens = await Promise.all(tabs.map(({ act }) => act('token')));
      const later = await app(person, setup);
      tokens.push(await later.act('token'));
      assert.equal(new Set(tokens.map(({ authToken }) => authToken)).size, 1);
      assert.deepEqual(methods([...tabs, later].flatMap(({ exchanges }) => exchanges)), ['GET']);
    });

    test('another browser asks for itself', LIMIT, async (t) => {
      const setup = at('Open', { name: randomUUID() });
      for (const each of [await appOf(t, setup), await appOf(t, setup)]) {
        await each.act('token');
        assert.deepEqual(methods(each.exchanges), ['GET']);
      }
    });

    test('what one page publishes another hears, with the name that was asked under', LIMIT, async (t) => {
      const topic = randomUUID();
      const [ada, bob] = [await appOf(t, at('Open', { name: 'ada' })), await appOf(t, at('Open', { name: 'bob' }))];
      await Promise.all([ada.act('subscribe', topic), bob.act('subscribe', topic)]);
      await ada.act('publish', topic, 'Grüße – 你好 🦀');
      for (const { act } of [ada, bob]) {
        const { messages } = await act('heard', topic, 1);
        assert.deepEqual(messages, [{ value: 'Grüße – 你好 🦀', tokenId: 'ada', sequenceNumber: 1 }]);
      }
    });

    test('keeps an item in a cache, and another page finds it', LIMIT, async (t) => {
      const key = randomUUID();
      const [ada, bob] = [await appOf(t, at('Open')), await appOf(t, at('Open'))];
      assert.equal(await bob.act('getItem', key), undefined);
      await ada.act('setItem', key, 'kept');
      assert.equal(await bob.act('getItem', key), 'kept');
    });

    test('no message is lost or comes twice while tokens end', LIMIT, async (t) => {
      const { act } = await appOf(t, at('ShortLived', { name: randomUUID() }));
      const topic = randomUUID();
      await act('subscribe', topic);
      const stop = publishing(t, topic);
      const [first, second] = await act('tokens', 3);
      assert.ok(first && second);
      assert.ok(first.expiresAt * 1_000 < Date.now(), 'the first has ended');
      const published = await stop();
      const { messages, gaps, states } = await act('heard', topic, published.length);
      const values = messages.map(({ value }) => value);
      assert.deepEqual(values, published);
      assert.deepEqual(gaps, []);
      assert.deepEqual(states, ['live'], 'and the page was never without a stream');
    });

    test(
      'no message is lost or comes twice while the network is away for longer than a token lives',
      LIMIT,
      async (t) => {
        const person = await somebody(t);
        person.expects(/ERR_INTERNET_DISCONNECTED/);
        const { act } = await app(person, at('ShortLived', { name: randomUUID() }));
        const topic = randomUUID();
        await act('subscribe', topic);
        const stop = publishing(t, topic);
        const { expiresAt } = await act('token');
        await act('heard', topic, 1);
        await person.context.setOffline(true);
        await act('state', topic, 'reconnecting');
        await sleep(Math.max(0, expiresAt * 1_000 - Date.now()));
        await person.context.setOffline(false);
        await act('state', topic, 'live');
        const published = await stop();
        const { messages, gaps } = await act('heard', topic, published.length);
        const values = messages.map(({ value }) => value);
        assert.deepEqual(values, published);
        assert.deepEqual(gaps, []);
      },
    );

    test('after a night’s sleep it asks again, and goes on listening', LIMIT, async (t) => {
      const person = await somebody(t);
      await person.context.clock.install();
      const setup = at('Open', { name: randomUUID() });
      const { page, act, exchanges } = await app(person, setup);
      const topic = randomUUID();
      await act('subscribe', topic);
      await act('publish', topic, 'good night');
      await act('heard', topic, 1);
      const again = page.waitForRequest((request) => request.url().startsWith(setup.endpoint));
      await page.clock.fastForward('08:00:00');
      await again;
      await act('publish', topic, 'good morning');
      const { messages, gaps } = await act('heard', topic, 2);
      const values = messages.map(({ value }) => value);
      assert.deepEqual(values, ['good night', 'good morning']);
      assert.deepEqual(gaps, []);
      assert.deepEqual(methods(exchanges), ['GET', 'GET']);
    });
  });
}
