/**
 * The local Momento under both official JavaScript SDKs: that for Node.js, over gRPC, and that for browsers, over gRPC-web.
 *
 * Real: the built program, the SDKs as they are published, a page's XMLHttpRequest with its same-origin policy (jsdom; the
 * page is of another origin than the stage). Not real: the browser around it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as nodeSdk from '@gomomento/sdk';
import * as webSdk from '@gomomento/sdk-web';
import { JSDOM, VirtualConsole } from 'jsdom';
import { type MomentoEmulator, startStage, wireTo } from './support/momento-emulator.ts';

/** Both have the same interface, from two copies of one package. */
type Sdk = typeof nodeSdk;

const CACHE = 'default-cache';
const TTL_SECONDS = 60;
/** How long a message may take: the SDKs wait for half a second before they connect again. */
const TIMEOUT_MS = 10_000;
const SUITE_MS = 60_000;

let stage: MomentoEmulator;
before(async () => {
  stage = await startStage(CACHE);
  // Without a console: a cut connection would be an error on it.
  const { window } = new JSDOM('', { url: 'https://chat.example/', virtualConsole: new VirtualConsole() });
  // What the web SDK takes from a page. Node.js has a navigator since version 21.
  Object.assign(globalThis, { XMLHttpRequest: window.XMLHttpRequest });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: window.navigator });
});
after(() => stage.end());

/** A token for `scope`: no browser has the key to mint one. */
async function token(scope: nodeSdk.DisposableTokenScope, tokenId?: string): Promise<string> {
  const at = new URL(stage.url).host;
  const endpointOverrides = { cacheEndpoint: at, controlEndpoint: at, tokenEndpoint: at, secureConnection: false };
  const client = new nodeSdk.AuthClient({
    configuration: nodeSdk.AuthClientConfigurations.Default.latest(),
    credentialProvider: nodeSdk.CredentialProvider.fromString({ apiKey: stage.apiKey, endpointOverrides }),
  });
  const props = tokenId === undefined ? {} : { tokenId };
  const answer = await client.generateDisposableToken(scope, nodeSdk.ExpiresIn.minutes(1), props);
  if (answer.type === nodeSdk.GenerateDisposableTokenResponse.Error) throw new Error(answer.message());
  return answer.authToken;
}

/** `authToken` with another signature. */
function forged(authToken: string): string {
  const inside = JSON.parse(Buffer.from(authToken, 'base64').toString()) as { endpoint: string; api_key: string };
  return Buffer.from(JSON.stringify({ ...inside, api_key: `${inside.api_key}A` })).toString('base64');
}

for (const [name, sdk] of [
  ['@gomomento/sdk', nodeSdk],
  ['@gomomento/sdk-web', webSdk as unknown as Sdk],
] as const) {
  // The web SDK waits for ever for a status that the page may not read.
  describe(name, { timeout: SUITE_MS }, () => under(name, sdk));
}

function under(name: string, sdk: Sdk): void {
  /** How the SDK is told where Momento is: the web SDK wants a URL. */
  const overrides = (url: string) => {
    const at = sdk === nodeSdk ? new URL(url).host : url;
    return { cacheEndpoint: at, controlEndpoint: at, tokenEndpoint: at, secureConnection: false };
  };
  const holder = (authToken: string, url = stage.url) =>
    sdk.CredentialProvider.fromDisposableToken({ authToken, endpointOverrides: overrides(url) });
  const owner = () =>
    sdk.CredentialProvider.fromString({ apiKey: stage.apiKey, endpointOverrides: overrides(stage.url) });
  const open: { close?: () => void }[] = [];
  after(() => {
    // The web SDK's clients hold nothing that has to be closed.
    for (const client of open) client.close?.();
  });
  const kept = <C extends object>(client: C): C => {
    open.push(client);
    return client;
  };
  const cacheOf = (credentialProvider: nodeSdk.CredentialProvider) =>
    kept(
      new sdk.CacheClient({
        configuration: sdk.Configurations.Laptop.v1(),
        credentialProvider,
        defaultTtlSeconds: TTL_SECONDS,
      }),
    );
  const topicsOf = (credentialProvider: nodeSdk.CredentialProvider) =>
    kept(new sdk.TopicClient({ configuration: sdk.TopicConfigurations.Default.latest(), credentialProvider }));

  /** Subscribes, and hands on what is heard. */
  async function listen(credentialProvider: nodeSdk.CredentialProvider, topic: string) {
    const items: nodeSdk.TopicItem[] = [];
    let heard = () => {};
    let refuse = (_: Error) => {};
    const answer = await topicsOf(credentialProvider).subscribe(CACHE, topic, {
      onItem: (item) => {
        items.push(item);
        heard();
      },
      onError: (error) => refuse(new Error(error.message())),
    });
    if (answer.type === sdk.TopicSubscribeResponse.Error) throw new Error(answer.toString());
    return {
      /** The first `count` items, once they have come. */
      first: (count: number) =>
        new Promise<nodeSdk.TopicItem[]>((resolve, reject) => {
          const late = setTimeout(() => reject(new Error(`${items.length} of ${count} messages came`)), TIMEOUT_MS);
          refuse = reject;
          heard = () => {
            if (items.length < count) return;
            clearTimeout(late);
            resolve(items);
          };
          heard();
        }),
      unsubscribe: () => (answer as nodeSdk.TopicSubscribe.Subscription).unsubscribe(),
    };
  }

  test('a subscriber hears each message in order, with the id of its publisher’s token', async () => {
    const topic = `${name}/order`;
    const scope = sdk.TokenScopes.topicPublishSubscribe(CACHE, topic);
    const room = await listen(holder(await token(scope)), topic);
    const ada = topicsOf(holder(await token(scope, 'ada')));
    for (const text of ['one', 'zwei – 2', '三']) {
      assert.equal((await ada.publish(CACHE, topic, text)).type, sdk.TopicPublishResponse.Success);
    }
    await ada.publish(CACHE, topic, new Uint8Array([0, 255]));
    const items = await room.first(4);
    room.unsubscribe();
    const binary = items.pop()?.value();
    assert.ok(binary !== undefined);
    assert.deepEqual(
      typeof binary === 'string' ? Buffer.from(binary, 'base64') : Buffer.from(binary),
      Buffer.from([0, 255]),
    );
    assert.deepEqual(
      items.map((item) => [item.value(), item.sequenceNumber(), item.tokenId()]),
      [
        ['one', 1, 'ada'],
        ['zwei – 2', 2, 'ada'],
        ['三', 3, 'ada'],
      ],
    );
  });

  test('a subscription whose connection breaks goes on, and no message is lost or comes twice', async () => {
    const topic = `${name}/resume`;
    const wire = await wireTo(stage.url);
    const room = await listen(holder(await token(sdk.TokenScopes.topicSubscribeOnly(CACHE, topic)), wire.url), topic);
    const publisher = topicsOf(owner());
    await publisher.publish(CACHE, topic, '1');
    await room.first(1);
    wire.cut();
    for (const text of ['2', '3']) await publisher.publish(CACHE, topic, text);
    await room.first(3);
    await publisher.publish(CACHE, topic, '4');
    const items = await room.first(4);
    room.unsubscribe();
    wire.end();
    assert.deepEqual(
      items.map((item) => item.value()),
      ['1', '2', '3', '4'],
    );
  });

  test('items, batches and collections', async () => {
    const cache = cacheOf(owner());
    const key = (kind: string) => `${name}/${kind}`;
    await cache.set(CACHE, key('item'), 'value');
    assert.equal((await cache.get(CACHE, key('item'))).value(), 'value');
    await cache.delete(CACHE, key('item'));
    assert.equal((await cache.get(CACHE, key('item'))).type, sdk.CacheGetResponse.Miss);

    await cache.setBatch(CACHE, { [key('a')]: '1', [key('b')]: '2' });
    const batch = await cache.getBatch(CACHE, [key('a'), key('none'), key('b')]);
    assert.deepEqual(batch.values(), { [key('a')]: '1', [key('b')]: '2' });

    await cache.dictionarySetFields(CACHE, key('dictionary'), { a: '1', b: '2' });
    await cache.dictionaryIncrement(CACHE, key('dictionary'), 'a', 41);
    assert.deepEqual((await cache.dictionaryFetch(CACHE, key('dictionary'))).value(), { a: '42', b: '2' });

    await cache.listConcatenateBack(CACHE, key('list'), ['b', 'c']);
    await cache.listPushFront(CACHE, key('list'), 'a');
    assert.deepEqual((await cache.listFetch(CACHE, key('list'))).value(), ['a', 'b', 'c']);

    await cache.setAddElements(CACHE, key('set'), ['a', 'b']);
    await cache.setRemoveElement(CACHE, key('set'), 'a');
    assert.deepEqual((await cache.setFetch(CACHE, key('set'))).value(), ['b']);

    await cache.sortedSetPutElements(CACHE, key('sorted set'), { a: 1, b: 3, c: 2 });
    const best = await cache.sortedSetFetchByRank(CACHE, key('sorted set'), {
      order: sdk.SortedSetOrder.Descending,
      endRank: 2,
    });
    assert.deepEqual(best.value(), [
      { value: 'b', score: 3 },
      { value: 'c', score: 2 },
    ]);
  });

  test('a token lets its holder do what it says, and a refusal says why', async () => {
    const scope = { permissions: [{ role: sdk.CacheRole.ReadOnly, cache: CACHE, item: { keyPrefix: 'mine/' } }] };
    const vended = await token(scope as nodeSdk.DisposableTokenScope);
    const credentials = holder(vended);
    const [cache, topics] = [cacheOf(credentials), topicsOf(credentials)];
    const outcome = (answer: { type: string; errorCode?: () => string }) => answer.errorCode?.() ?? answer.type;
    assert.equal(outcome(await cache.get(CACHE, 'mine/item')), 'Miss');
    assert.equal(outcome(await cache.listFetch(CACHE, 'mine/list')), 'Miss');
    for (const refused of [
      await cache.get(CACHE, 'yours/item'),
      await cache.getBatch(CACHE, ['mine/item', 'yours/item']),
      await cache.set(CACHE, 'mine/item', 'value'),
      await cache.listPushBack(CACHE, 'mine/list', 'value'),
      await topics.publish(CACHE, 'room', 'hello'),
      await topics.subscribe(CACHE, 'room', {}),
    ]) {
      assert.equal(outcome(refused), 'PERMISSION_ERROR');
    }
    const stranger = cacheOf(holder(forged(vended)));
    assert.equal(outcome(await stranger.get(CACHE, 'mine/item')), 'AUTHENTICATION_ERROR');
    const [manager, nowhere] = [cacheOf(owner()), 'no-such-cache'];
    assert.equal(outcome(await manager.get(nowhere, 'item')), 'NOT_FOUND_ERROR');
    const unserved = await manager.keyExists(CACHE, 'item');
    assert.equal(outcome(unserved), 'BAD_REQUEST_ERROR');
    assert.match(unserved.toString(), /does not serve cache_client\.Scs\/KeysExist/);
  });
}
