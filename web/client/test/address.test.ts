/** Where a request goes. Real: everything; the last word on an address is `fetch`'s. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addressOf } from '../src/address.ts';
import { TokenError } from '../src/errors.ts';

const ENDPOINT = 'https://tokens.example/prod/';

/** An endpoint, a query, and the address of both. */
const ADDRESSES: readonly [endpoint: string, query: Record<string, string>, address: string][] = [
  [ENDPOINT, {}, ENDPOINT],
  [ENDPOINT, { name: 'Ada' }, `${ENDPOINT}?name=Ada`],
  [ENDPOINT, { name: 'Taylor & Co' }, `${ENDPOINT}?name=Taylor+%26+Co`],
  [ENDPOINT, { name: 'ü 你 🦀' }, `${ENDPOINT}?name=%C3%BC+%E4%BD%A0+%F0%9F%A6%80`],
  [ENDPOINT, { name: 'half \uD83E' }, `${ENDPOINT}?name=half+%EF%BF%BD`],
  [`${ENDPOINT}?`, { name: 'Ada' }, `${ENDPOINT}?name=Ada`],
  [`${ENDPOINT}?app=shop`, { name: 'Ada' }, `${ENDPOINT}?app=shop&name=Ada`],
  [`${ENDPOINT}?name=Bob&app=a?b`, { name: 'Ada' }, `${ENDPOINT}?app=a?b&name=Ada`],
  [`${ENDPOINT}?na%6De=Bob&%=1`, { name: 'Ada' }, `${ENDPOINT}?%=1&name=Ada`],
  [`${ENDPOINT}?app=shop#top`, {}, `${ENDPOINT}?app=shop`],
];

for (const [endpoint, query, address] of ADDRESSES) {
  test(`${endpoint} with ${JSON.stringify(query)} is ${address}`, () => {
    assert.equal(addressOf(endpoint, query), address);
    assert.equal(new URL(address).href.includes(' '), false);
  });
}

test('a relative address is what a page has; a server is told to give all of it', (t: TestContext) => {
  assert.throws(
    () => addressOf('/token', {}),
    (error: TokenError) => {
      return error instanceof TokenError && error.kind === 'malformed' && /"\/token" is relative/.test(error.message);
    },
  );
  Object.defineProperty(globalThis, 'location', { value: { href: 'about:srcdoc' }, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, 'location'));
  assert.equal(addressOf('/token', { name: 'Ada' }), '/token?name=Ada');
});
