/**
 * Clients of the JavaScript original, in a browser: what its web apps send, from another origin than the endpoint's, and
 * what a script there can read of the answers. docs/browser.md has the same as a table.
 *
 * Real: Chromium with its preflights, the deployed stacks, the official SDK for browsers with the tokens. Not real: the sign-in
 * to Cognito is made beside the page. Learnt from `examples/web/vite-chat-app` and `examples/web/cache` of
 * momentohq/client-sdk-javascript.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, type TestContext, test } from 'node:test';
import type { Read } from '../browser/page/drop-in.ts';
import { open, siteOf, somebody } from '../browser/shared-browser.ts';
import { CACHE, endpointOf, localMomentoUrl, memberOf, OTHER_CACHE, type StackName } from '../support/machines.ts';
import { withFault } from '../support/momento-faults.ts';
import { plantKey } from '../support/planted.ts';
import { deployedDirectory, signIn } from '../support/user-pool.ts';

/** What a page waits for in vain, it waits for till then. */
const LIMIT = { timeout: 40_000 };
/** The longest token id that Momento takes. */
const LONGEST_ID = 64;

type Headers = Readonly<Record<string, string>>;

/** Some of them are named in the answer to the preflight; the last is not. */
const TRACED: Headers = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'a=b',
  baggage: 'a=b',
  'sentry-trace': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1',
  'x-datadog-trace-id': '1',
  'x-requested-with': 'XMLHttpRequest',
  'x-shop-version': '1',
};

/** What somebody of `group` sends in the mode of `stack`. */
type Sending = (group: Group) => Headers | Promise<Headers>;
type Group = 'ReadOnlyUserGroup' | 'ReadWriteUserGroup';

const nothing: Sending = () => ({});
const usernameAndPassword: Sending = (group) => {
  const { username, password } = memberOf('LambdaAuthorizer', group);
  return { username, password };
};
const idToken = (group: Group) => signIn(deployedDirectory(), memberOf('AmazonCognito', group));
const bearer: Sending = async (group) => ({
  Authorization: `Bearer ${await idToken(group)}`,
  usergroup: group,
  cachename: CACHE,
});

/** What clients send that get a token. Whether a preflight comes first is the browser's choice: by the headers. */
const GIVEN: readonly {
  readonly what: string;
  readonly stack: StackName;
  readonly query?: string;
  readonly headers: Sending;
  readonly preflight: boolean;
  /** Who the others see when such a client publishes. */
  readonly seen: () => string;
}[] = [
  { what: 'nothing', stack: 'Open', headers: nothing, preflight: false, seen: () => '' },
  { what: '?name=', stack: 'Open', query: '?name=Taylor', headers: nothing, preflight: false, seen: () => 'Taylor' },
  {
    what: 'username and password',
    stack: 'LambdaAuthorizer',
    headers: usernameAndPassword,
    preflight: true,
    seen: () => memberOf('LambdaAuthorizer', 'ReadWriteUserGroup').username,
  },
  {
    what: 'an ID token, usergroup and cachename',
    stack: 'AmazonCognito',
    headers: bearer,
    preflight: true,
    seen: () => memberOf('AmazonCognito', 'ReadWriteUserGroup').username,
  },
];

/** What clients send that get none, and what they can read of it. */
const REFUSED: readonly {
  readonly what: string;
  readonly stack: StackName;
  readonly query?: string;
  readonly headers: Sending;
  readonly status: number;
  readonly code: string;
}[] = [
  {
    what: 'a name of 65 characters',
    stack: 'Open',
    query: `?name=${'x'.repeat(LONGEST_ID + 1)}`,
    headers: nothing,
    status: 400,
    code: 'TokenIdTooLong',
  },
  { what: 'no username', stack: 'LambdaAuthorizer', headers: nothing, status: 401, code: 'Unauthorized' },
  {
    what: 'a wrong password',
    stack: 'LambdaAuthorizer',
    headers: () => ({ ...usernameAndPassword('ReadWriteUserGroup'), password: '$erverless' }),
    status: 403,
    code: 'Forbidden',
  },
  { what: 'no token', stack: 'AmazonCognito', headers: nothing, status: 401, code: 'Unauthorized' },
  {
    what: 'a token that is none',
    stack: 'AmazonCognito',
    headers: () => ({ Authorization: 'Bearer made-up' }),
    status: 401,
    code: 'Unauthorized',
  },
  {
    what: 'a group that is not the user’s',
    stack: 'AmazonCognito',
    headers: async () => ({ ...(await bearer('ReadOnlyUserGroup')), usergroup: 'ReadWriteUserGroup' }),
    status: 403,
    code: 'GroupNotAllowed',
  },
  {
    what: 'a cache that is not offered',
    stack: 'AmazonCognito',
    headers: async () => ({ ...(await bearer('ReadWriteUserGroup')), cachename: OTHER_CACHE }),
    status: 403,
    code: 'CacheNotAllowed',
  },
];

export function dropIn(): void {
  const url = (stack: StackName, query = '') => `${endpointOf(stack)}${query}`;

  /** A tab of somebody new that asks, and what it reads. */
  const asks = async (
    t: TestContext,
    stack: StackName,
    query: string | undefined,
    headers: Headers,
    fails?: number,
  ) => {
    const person = await somebody(t);
    if (fails !== undefined) person.expects(new RegExp(`status of ${fails}`));
    const { page, act } = await open('drop-in', person);
    const exchanges = await person.exchanges(page, endpointOf(stack));
    const answer = await act('ask', url(stack, query), headers);
    return { act, answer, exchanges };
  };

  const tokenIn = ({ status, body }: Read): string => {
    assert.equal(status, 200, JSON.stringify(body));
    const { authToken, expiresAt } = body;
    assert.ok(typeof authToken === 'string' && Number.isInteger(expiresAt));
    return plantKey('a token of a page', authToken);
  };

  describe('Clients of the JavaScript original, in a browser', () => {
    before(() => siteOf('drop-in'));

    for (const { what, stack, query, headers, preflight, seen } of GIVEN) {
      test(`${stack}, with ${what}: a token that the official SDK takes`, LIMIT, async (t) => {
        const sent = await headers('ReadWriteUserGroup');
        const { act, answer, exchanges } = await asks(t, stack, query, sent);
        // Chromium tells of them in either order.
        const steps = exchanges.map(({ method, status }) => `${method} ${status}`).sort();
        assert.deepEqual(steps, ['GET 200', ...(preflight ? ['OPTIONS 204'] : [])]);
        const token = tokenIn(answer);
        const topic = randomUUID();
        assert.equal(await act('subscribe', token, localMomentoUrl(), topic), 'Subscription');
        assert.equal(await act('publish', token, localMomentoUrl(), topic, 'hello'), 'Success');
        assert.deepEqual(await act('first'), { value: 'hello', tokenId: seen() });
      });
    }

    test('what tracing and wrappers of fetch add to each request does not make it fail', LIMIT, async (t) => {
      const { answer, exchanges } = await asks(t, 'Open', undefined, TRACED);
      tokenIn(answer);
      assert.deepEqual(exchanges.map(({ method }) => method).sort(), ['GET', 'OPTIONS']);
    });

    test('the group in `usergroup` is what the token is good for', LIMIT, async (t) => {
      const { act, answer } = await asks(t, 'AmazonCognito', undefined, await bearer('ReadOnlyUserGroup'));
      const token = tokenIn(answer);
      const topic = randomUUID();
      assert.equal(await act('subscribe', token, localMomentoUrl(), topic), 'Subscription');
      assert.equal(await act('publish', token, localMomentoUrl(), topic, 'hello'), 'PERMISSION_ERROR');
    });

    for (const { what, stack, query, headers, status, code } of REFUSED) {
      test(`${stack}, with ${what}: ${status} ${code}, which the page can read`, LIMIT, async (t) => {
        const { answer } = await asks(t, stack, query, await headers('ReadWriteUserGroup'), status);
        assert.deepEqual([answer.status, answer.body['code']], [status, code]);
        assert.equal(typeof answer.body['message'], 'string');
      });
    }

    test('over Momento’s limit: 429, and when to come back', LIMIT, async (t) => {
      const { answer } = await withFault({ status: 'RESOURCE_EXHAUSTED' }, () =>
        asks(t, 'Open', `?name=${randomUUID()}`, {}, 429),
      );
      assert.deepEqual([answer.status, answer.body['code']], [429, 'TooManyRequests']);
      assert.match(answer.retryAfter ?? '', /^[1-9]\d*$/);
    });
  });
}
