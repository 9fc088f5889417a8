/** What a command says where AWS does not answer it. Real: the programs, the SDK and its credentials; AWS is a port where nothing listens, or a server that refuses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { accountTrouble } from '../../src/aws/account.ts';
import { ROOT } from '../../src/options.ts';

/** Runs the program behind the Makefile with nothing of the user's. */
async function told(command: string, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/src/main.ts', command], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      TVM_BIN: '/bin/false',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stderr };
}

const REGION = { AWS_REGION: 'eu-central-1' };
const KEY = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
const CASES: readonly (readonly [about: string, env: NodeJS.ProcessEnv, says: RegExp])[] = [
  ['no region', KEY, /^\nNo AWS region is known\.\nfix: set AWS_REGION, or name one in the AWS profile\./],
  [
    'no credentials',
    REGION,
    /^\nAWS has no credentials of yours that it accepts \(.+\)\.\nfix: sign in \(`aws sso login`/,
  ],
  [
    'no way to AWS',
    { ...REGION, ...KEY, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    /^\nAWS did not answer \(.+\)\.\nfix: look at/,
  ],
];

// Each starts a program: together they take as long as one.
describe('AWS that does not answer is told as the doctor tells it, before a build, and with no stack trace', {
  concurrency: true,
}, () => {
  const commands = [
    ...CASES.map((it) => ['smoke', ...it] as const),
    ...CASES.slice(0, 1).flatMap((it) => [['destroy', ...it] as const, ['diff', ...it] as const]),
  ];
  for (const [command, about, env, says] of commands) {
    test(`make ${command} with ${about}`, async () => {
      const { code, stderr } = await told(command, env);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }
});

test('credentials that have ended are told as such, with how to sign in', async (t) => {
  const body =
    '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error></ErrorResponse>';
  const server = createServer((_, response) => response.writeHead(403, { 'content-type': 'text/xml' }).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { stderr } = await told('smoke', { ...REGION, ...KEY, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  assert.match(
    stderr,
    /^\nAWS has no credentials of yours that it accepts \(The security token is expired\)\.\nfix: sign in/,
  );
});

test('what is a fault of this program keeps its stack', () => {
  assert.equal(accountTrouble(new TypeError('x is not a function')), undefined);
  assert.equal(accountTrouble('x'), undefined);
});
