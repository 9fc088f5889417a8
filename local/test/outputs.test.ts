import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  forgetOutputs,
  localEndpoint,
  type Outputs,
  parseCdkOutputs,
  readOutputs,
  required,
  writeOutputs,
} from '../src/outputs.ts';
import { OUTPUTS, temporaryDirectory } from './fixtures.ts';

const WITH_USERS: Outputs = {
  ...OUTPUTS,
  AuthMode: 'LambdaAuthorizer',
  DemoUsers: [{ username: 'demo', password: 'secret', groups: [] }],
};

test('outputs.json can be read by its owner alone, also where an open one lay before', (t) => {
  const dir = temporaryDirectory(t);
  writeFileSync(join(dir, 'outputs.json'), '{}');
  chmodSync(join(dir, 'outputs.json'), 0o666);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const path = writeOutputs(dir, WITH_USERS);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readOutputs(dir), WITH_USERS);
});

test('outputs that are forgotten, were never there or were cut short are none', (t) => {
  const dir = temporaryDirectory(t);
  assert.equal(readOutputs(dir), undefined);
  writeFileSync(join(dir, 'outputs.json'), '{"Endpoint": "ht');
  assert.equal(readOutputs(dir), undefined);
  forgetOutputs(dir);
  forgetOutputs(dir);
  assert.equal(readOutputs(dir), undefined);
});

test('the outputs of a stack are found by its name', () => {
  const text = JSON.stringify({ One: { Endpoint: 'a' }, Two: { Endpoint: 'b' } });
  assert.equal(required(parseCdkOutputs(text, 'Two'), 'Endpoint'), 'b');
  assert.throws(() => parseCdkOutputs(text, 'Three'), /nothing for the stack Three \(stacks found: One, Two\)/);
  assert.throws(() => required(parseCdkOutputs(text, 'One'), 'UserPoolId'), /no output UserPoolId/);
});

test('the endpoint of AWS becomes the one that the emulator answers on', () => {
  assert.equal(
    localEndpoint('https://a1b2.execute-api.us-east-1.amazonaws.com/prod/', 'http://127.0.0.1:4702'),
    'http://127.0.0.1:4702/_aws/execute-api/a1b2/prod/',
  );
  const emulated = 'http://127.0.0.1:4702/_aws/execute-api/a1b2/prod/';
  assert.equal(localEndpoint(emulated, 'http://127.0.0.1:4702'), emulated);
  assert.throws(() => localEndpoint('https://example.org/prod/', 'http://127.0.0.1:1'), /no URL of a REST API/);
});
