/**
 * Who may talk to the ports that a `make` command opens: programs of this computer, and of web pages those that are meant to.
 *
 * A page of any site can make its visitor's browser send requests to 127.0.0.1: under a name of its own that it has pointed there (DNS
 * rebinding), or from its own origin, without a preflight where the request is simple (Fetch standard, "CORS protocol"). Real: the
 * programs, as they are started; Chromium in the last tests. Not real: the foreign site, which is a name below `localhost`.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findChromium, launch } from './browser/chromium.ts';
import { FOREIGN, foreignCode } from './support/foreign-code.ts';
import { closePorts, type OpenPorts, openPorts } from './support/open-ports.ts';
import { type Came, type Sent, send } from './support/raw-http.ts';

const SUITE_MS = 400_000;

/** Pages that no port is for; the last is another program's of this computer. */
const FOREIGN_ORIGINS = ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1:1'];

/** One port: what it says to those it is for, and what would change something there. */
interface Row {
  readonly port: keyof OpenPorts;
  readonly read: string;
  /** @default 200 */
  readonly answers?: number;
  /** Sent as a page of another origin would; what has no such thing is read alone. */
  readonly change?: Sent;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const LIMITS = '/_stage/limits';
const ROWS: readonly Row[] = [
  { port: 'emulator', read: '/2015-03-31/functions', change: foreignCode('/nonexistent').create },
  { port: 'emulator', read: '/_ministack/health', change: { method: 'POST', path: '/_ministack/reset' } },
  {
    port: 'events',
    read: '/',
    answers: 404,
    change: { method: 'POST', path: '/2018-06-01/runtime/init/error', body: '{}' },
  },
  {
    port: 'momento',
    read: LIMITS,
    change: { method: 'PUT', path: LIMITS, headers: JSON_TYPE, body: '{"tokens_per_second":1}' },
  },
  { port: 'chat', read: '/chat.json' },
  {
    port: 'embedded',
    read: '/chat.json',
    change: { method: 'POST', path: '/api/session', headers: JSON_TYPE, body: '{"username":"a","password":"b"}' },
  },
  { port: 'site', read: '/app.js' },
];

const SECRETS = { 'X-Amz-Target': 'secretsmanager.ListSecrets', 'Content-Type': 'application/x-amz-json-1.1' };
const cognito = (operation: string) => ({
  'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
  'Content-Type': 'application/x-amz-json-1.1',
});
const SIGN_IN: Sent = {
  method: 'POST',
  path: '/',
  headers: cognito('InitiateAuth'),
  body: '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"none","AuthParameters":{"USERNAME":"a","PASSWORD":"b"}}',
};

const withHeaders = (sent: Sent, headers: Readonly<Record<string, string>>): Sent => ({
  ...sent,
  headers: { ...sent.headers, ...headers },
});
const readableBy = ({ headers }: Came) => headers['access-control-allow-origin'];

let ports: OpenPorts;
before(
  async () => {
    ports = await openPorts();
  },
  { timeout: SUITE_MS },
);
after(closePorts);

for (const { port, read, answers = 200, change } of ROWS) {
  describe(`The port of: ${port}, ${read}`, () => {
    const at = () => ports[port];
    const own = () => new URL(at()).port;

    test('answers under the names of this computer', async () => {
      for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
        const { status } = await send(at(), { path: read, headers: { Host: `${name}:${own()}` } });
        assert.equal(status, answers, name);
      }
    });

    test('answers under no other name', async () => {
      for (const name of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'evil.example.']) {
        for (const host of [`${name}:${own()}`, name]) {
          const { status } = await send(at(), { path: read, headers: { Host: host } });
          assert.equal(status, 403, host);
        }
      }
    });

    test('lets no page of another origin read', async () => {
      for (const origin of FOREIGN_ORIGINS) {
        const asked = await send(at(), { path: read, headers: { Origin: origin, 'Sec-Fetch-Site': 'cross-site' } });
        assert.equal(readableBy(asked), undefined, origin);
      }
    });

    if (change) {
      test('lets no page of another origin change anything, with a preflight or without', async () => {
        for (const origin of FOREIGN_ORIGINS) {
          const changed = await send(at(), withHeaders(change, { Origin: origin }));
          assert.equal(changed.status, 403, `${origin}: ${changed.body}`);
          const preflight = await send(at(), {
            method: 'OPTIONS',
            path: change.path,
            headers: {
              Origin: origin,
              'Access-Control-Request-Method': change.method ?? 'GET',
              'Access-Control-Request-Headers': 'content-type',
            },
          });
          assert.equal(readableBy(preflight), undefined, origin);
        }
      });

      test('refuses the same as a simple request, which needs no preflight', async () => {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
          const headers = { Origin: 'https://evil.example', 'Content-Type': type };
          const { status } = await send(at(), { ...change, method: 'POST', headers });
          assert.equal(status, 403, type);
        }
      });
    }
  });
}

describe('The emulator', () => {
  test('answers programs, which say neither an origin nor a site', async () => {
    const listed = await send(ports.emulator, { method: 'POST', path: '/', headers: SECRETS, body: '{}' });
    assert.equal(listed.status, 200, listed.body);
    assert.equal(readableBy(listed), undefined);
  });

  test('answers no page that is loaded into another, and one that somebody opens', async () => {
    const asked = (site: string) =>
      send(ports.emulator, { path: '/?Action=ListUsers&Version=2010-05-08', headers: { 'Sec-Fetch-Site': site } });
    for (const site of ['cross-site', 'same-site', 'same-origin']) assert.equal((await asked(site)).status, 403, site);
    assert.notEqual((await asked('none')).status, 403);
  });

  test('answers no browser that does not say which site asks', async () => {
    const headers = { 'User-Agent': 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Safari/604.1' };
    assert.equal((await send(ports.emulator, { path: '/2015-03-31/functions', headers })).status, 403);
  });

  test('lets pages of any origin call the deployed API, under the names of this computer alone', async () => {
    const path = '/_aws/execute-api/nothing/prod/api/momento/token';
    const headers = { Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' };
    const called = await send(ports.emulator, { path, headers });
    assert.notEqual(called.status, 403, called.body);
    const renamed = await send(ports.emulator, { path, headers: { ...headers, Host: 'evil.example' } });
    assert.equal(renamed.status, 403);
  });

  test('takes nothing else for the deployed API', async () => {
    for (const path of [
      '/_aws/execute-api/',
      '/_aws/execute-api/x',
      '/_aws/execute-api/x/',
      '/_aws/execute-api//prod/',
      '/_aws/execute-api/../../2015-03-31/functions',
      '/_aws/lambda-url/x/y',
    ]) {
      const headers = { ...SECRETS, Origin: 'https://evil.example' };
      const { status, body } = await send(ports.emulator, { method: 'POST', path, headers, body: '{}' });
      assert.notEqual(status, 200, `${path}: ${body}`);
      if (!path.includes('..')) assert.equal(status, 403, path);
    }
  });

  test('lets pages of this computer sign in at Cognito, and read the answer', async () => {
    for (const origin of [
      'http://127.0.0.1:8990',
      'http://localhost:3000',
      'https://localhost:5173',
      'http://[::1]:1',
    ]) {
      const preflight = await send(ports.emulator, {
        method: 'OPTIONS',
        path: '/',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'cache-control,content-type,x-amz-target,x-amz-user-agent',
        },
      });
      assert.equal(readableBy(preflight), origin);
      assert.match(String(preflight.headers['access-control-allow-headers']), /x-amz-target/);
      const answer = await send(
        ports.emulator,
        withHeaders(SIGN_IN, { Origin: origin, 'Sec-Fetch-Site': 'cross-site' }),
      );
      assert.match(answer.body, /NotFoundException|NotAuthorized/);
      assert.equal(readableBy(answer), origin);
      assert.match(String(answer.headers['vary']), /origin/i);
    }
  });

  test('lets a page of no other origin do so, and pages of this computer nothing that takes credentials of AWS', async () => {
    const here = { Origin: 'http://127.0.0.1:8990' };
    const refused: readonly Sent[] = [
      ...FOREIGN_ORIGINS.slice(0, 3).map((origin) => withHeaders(SIGN_IN, { Origin: origin })),
      withHeaders(SIGN_IN, { ...cognito('AdminCreateUser'), ...here }),
      withHeaders(SIGN_IN, { ...cognito('CreateUserPool'), ...here }),
      withHeaders(SIGN_IN, { ...SECRETS, ...here }),
      withHeaders({ ...SIGN_IN, path: '/2015-03-31/functions' }, here),
      withHeaders({ ...SIGN_IN, path: '/?Action=CreateUser' }, here),
      withHeaders({ ...SIGN_IN, method: 'PUT' }, here),
      withHeaders({ ...SIGN_IN, headers: {} }, here),
    ];
    for (const sent of refused) {
      const { status, body } = await send(ports.emulator, sent);
      assert.equal(status, 403, `${JSON.stringify(sent)}: ${body}`);
      assert.match(body, /make local|web page/i);
    }
  });
});

const found = findChromium();
describe('A page in Chromium', { skip: 'why' in found && found.why, timeout: SUITE_MS }, () => {
  /** An empty page under `name` on a port of its own, until the end of the test. */
  const pageAt = async (t: TestContext, name: string): Promise<Page> => {
    const server = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await launch('path' in found ? found.path : '');
    t.after(async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    });
    const page = await browser.newPage();
    await page.goto(`http://${name}:${(server.address() as AddressInfo).port}/`);
    return page;
  };
  /** Has `page` send this. @returns what it can read, or that it can read nothing */
  const sends = (page: Page, to: string, sent: Sent, mode: RequestMode) =>
    page.evaluate(
      async ([url, what, how]) => {
        const { method = 'GET', headers = {}, body } = what;
        const init = { method, headers, mode: how, ...(body !== undefined && { body }) };
        return fetch(url, init).then(
          (answer) => answer.text(),
          () => 'no answer',
        );
      },
      [`${to}${sent.path}`, sent, mode] as const,
    );

  for (const name of ['evil.localhost', '127.0.0.1', 'localhost']) {
    test(`that is served from ${name} runs no code on this computer`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'ports-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const page = await pageAt(t, name);
      const file = join(folder, 'written');
      const { create, invoke } = foreignCode(file);
      const { port } = new URL(ports.emulator);
      for (const emulator of ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`)) {
        await sends(page, emulator, create, 'no-cors');
        await sends(page, emulator, invoke, 'no-cors');
        assert.ok(!existsSync(file), 'the code of the page ran');
        assert.equal(await sends(page, emulator, { path: '/2015-03-31/functions' }, 'cors'), 'no answer');
      }
      const { body } = await send(ports.emulator, { path: '/2015-03-31/functions' });
      assert.ok(!body.includes(FOREIGN), body);
    });
  }

  test('that has pointed its own name at this computer is told nothing there', async (t) => {
    const page = await pageAt(t, 'evil.localhost');
    for (const { port, read } of ROWS.filter((row) => row.port !== 'chat' && row.port !== 'site')) {
      const answer = await page.goto(`http://evil.localhost:${new URL(ports[port]).port}${read}`);
      assert.equal(answer?.status(), 403, port);
    }
  });

  test('of this computer signs in at Cognito, and one of another origin does not', async (t) => {
    const ours = await pageAt(t, '127.0.0.1');
    assert.match(await sends(ours, ports.emulator, SIGN_IN, 'cors'), /NotFoundException|NotAuthorized/);
    assert.equal(await sends(ours, ports.emulator, withHeaders(SIGN_IN, SECRETS), 'cors'), 'no answer');
    const theirs = await pageAt(t, 'evil.localhost');
    assert.equal(await sends(theirs, ports.emulator, SIGN_IN, 'cors'), 'no answer');
  });
});
