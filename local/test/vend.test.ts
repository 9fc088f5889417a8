import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { credentialHeaders, curlLine, vend } from '../src/vend.ts';

/** What a shell makes of `line`: the words that curl is called with. */
function words(line: string): string[] {
  assert.ok(line.startsWith('curl '));
  const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${line.slice('curl '.length)}`], { encoding: 'utf8' });
  return printed.trimEnd().split('\n');
}

test('the curl line comes out of a shell as the request that was made', () => {
  const request = { url: 'http://127.0.0.1:1/a/?name=demo&x=$HOME', headers: { username: "o'neil", password: 'a b*' } };
  assert.deepEqual(words(curlLine(request)), ['-sS', '-H', "username: o'neil", '-H', 'password: a b*', request.url]);
});

test('credentials go where the configuration wants them', () => {
  const user = { username: 'ann', password: 'pw', groups: [] };
  assert.deepEqual(credentialHeaders('headers', user), { username: 'ann', password: 'pw' });
  assert.deepEqual(credentialHeaders('basic', user), { Authorization: 'Basic YW5uOnB3' });
});

async function answering(t: TestContext, status: number, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return `http://127.0.0.1:${address.port}/`;
}

test('a token is what a 200 holds', async (t) => {
  const url = await answering(t, 200, '{"authToken":"t","expiresAt":7}');
  assert.deepEqual(await vend({ url, headers: {} }), { authToken: 't', expiresAt: 7 });
});

test('anything but a 200 is told with its status and body', async (t) => {
  const url = await answering(t, 503, '{"code":"ApiKeyMissing"}');
  await assert.rejects(vend({ url, headers: {} }), /answered 503: \{"code":"ApiKeyMissing"\}/);
});
