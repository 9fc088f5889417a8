/** What other programs are given: nothing that leads to a real account. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deployArguments } from '../src/deploy.ts';
import { serverEnvironment } from '../src/embedded.ts';
import { clientEnvironment, emulatorEnvironment } from '../src/emulator.ts';

const PLANTED = {
  AWS_PROFILE: 'planted',
  AWS_SESSION_TOKEN: 'planted',
  AWS_SECRET_ACCESS_KEY: 'planted',
  AWS_ENDPOINT_URL_S3: 'planted',
  MOMENTO_API_KEY: 'planted',
  HTTPS_PROXY: 'planted',
  http_proxy: 'planted',
  AUTH: 'planted',
};

function plant(t: TestContext): void {
  const before = { ...process.env };
  Object.assign(process.env, PLANTED);
  t.after(() => {
    for (const name of Object.keys(PLANTED)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

test('the emulator, and so every function in it, gets nothing of the environment of the user', (t) => {
  plant(t);
  const env = emulatorEnvironment('/x', 4566);
  assert.doesNotMatch(JSON.stringify(env), /planted/);
  assert.equal(env['BIND_HOST'], '127.0.0.1');
  assert.equal(env['AWS_ENDPOINT_URL'], 'http://127.0.0.1:4566');
});

test('the embedded server gets the local Momento with its key, and nothing of the environment of the user', (t) => {
  plant(t);
  const env = serverEnvironment('the-key', 'http://127.0.0.1:2');
  assert.doesNotMatch(JSON.stringify(env), /planted/);
  assert.equal(env['MOMENTO_API_KEY'], 'the-key');
  assert.equal(env['MOMENTO_TOKEN_ENDPOINT'], 'http://127.0.0.1:2');
  assert.equal(env['MOMENTO_CACHE_ENDPOINT'], 'http://127.0.0.1:2');
});

test('what deploys to the emulator has neither credentials of the user nor a way round the emulator', (t) => {
  plant(t);
  const env = clientEnvironment('http://127.0.0.1:4566', '/x');
  const planted = Object.keys(PLANTED).filter((name) => env[name] === 'planted');
  assert.deepEqual(planted, ['MOMENTO_API_KEY', 'AUTH']);
  assert.equal(env['AWS_ENDPOINT_URL'], 'http://127.0.0.1:4566');
  assert.equal(env['AWS_SHARED_CREDENTIALS_FILE'], '/dev/null');
});

test('stacks of different folders are synthesized apart, know the local Momento alone, and have no site to fill', () => {
  const target = { emulatorUrl: 'http://127.0.0.1:1', momentoUrl: 'http://127.0.0.1:2', tvm: 'tvm' };
  const args = deployArguments(target, { dir: '/x/open', stackName: 'Open', config: 'c' }, '/x/open/outputs.json');
  const line = args.join(' ');
  assert.match(line, /^deploy Open .*--output \/x\/open\/cdk\.out/);
  assert.match(line, /--context momentoTokenEndpoint=http:\/\/127\.0\.0\.1:2( |$)/);
  assert.match(line, /--context momentoCacheEndpoint=http:\/\/127\.0\.0\.1:2( |$)/);
  assert.match(line, /--context emulator=true( |$)/);
  assert.match(line, /--context emulatorUrl=http:\/\/127\.0\.0\.1:1( |$)/);
});
