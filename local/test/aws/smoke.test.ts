/** The smoke call after a deployment. Real: HTTP. Not real: the endpoint, which answers what a test tells it to. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { addressOf, perhapsNotLedThere } from '../../src/aws/deploy.ts';
import { smokeCall } from '../../src/aws/smoke.ts';
import { Failure } from '../../src/failure.ts';
import type { AuthMode } from '../../src/options.ts';

async function answering(answers: readonly [status: number, body: string][], mode: AuthMode): Promise<string> {
  let calls = 0;
  const server = createServer((_request, response) => {
    const [status, body] = answers[Math.min(calls++, answers.length - 1)] ?? [500, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await smokeCall(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prod/`, mode, async () => {});
  } finally {
    server.close();
  }
}

const CODE = (code: string) => JSON.stringify({ message: 'm', code, requestId: 'r' });

test('an endpoint that asks a stranger for credentials is a good one', async () => {
  assert.match(await answering([[401, CODE('Unauthorized')]], 'AmazonCognito'), /^401: it asks for an ID token/);
  assert.match(await answering([[401, CODE('Unauthorized')]], 'LambdaAuthorizer'), /^401: /);
});

test('an open endpoint may wait for its key', async () => {
  assert.match(await answering([[200, '{"authToken":"t","expiresAt":1}']], 'Open'), /^200: it vends/);
  assert.match(await answering([[503, CODE('SecretUnavailable')]], 'Open'), /^503: .* waits for a key/);
});

test('an open endpoint may want a key of its callers', async () => {
  assert.match(await answering([[403, CODE('KeyRequired')]], 'Open'), /^403: it asks for the key/);
});

test('an endpoint that is not ready yet is asked again', async () => {
  const warmingUp: [number, string][] = [
    [403, '{"message":"Forbidden"}'],
    [500, 'no JSON'],
    [401, CODE('Unauthorized')],
  ];
  assert.match(await answering(warmingUp, 'AmazonCognito'), /^401/);
});

test('an endpoint that lets a stranger in where it should not, or is broken, fails the deployment', async () => {
  await assert.rejects(answering([[200, '{"authToken":"t"}']], 'AmazonCognito'), /last: 200/);
  await assert.rejects(answering([[500, CODE('Misconfigured')]], 'Open'), /last: 500 Misconfigured/);
  await assert.rejects(
    smokeCall('http://127.0.0.1:9/', 'Open', async () => {}),
    /is deployed, but does not answer/,
  );
});

test('an endpoint whose one name is not in the DNS yet is said to be so, with what to put there', () => {
  const failure = new Failure('https://tokens.example.com/ is deployed, but does not answer.');
  const told = (outputs: Record<string, string>) => perhapsNotLedThere(failure, outputs).message;
  assert.match(told({ DomainTarget: 'd-1.execute-api.example' }), /^https.*CNAME of it to d-1\.execute-api\.example/);
  assert.equal(told({ DomainTarget: 'd-1.execute-api.example', ExecuteApiUrl: 'https://a/prod/' }), failure.message);
  assert.equal(told({}), failure.message);
});

test('callers of a stack on an emulator are given its address, never a host of AWS; with an account, the name of the endpoint', (t) => {
  const before = process.env['AWS_ENDPOINT_URL'];
  t.after(() => {
    if (before === undefined) delete process.env['AWS_ENDPOINT_URL'];
    else process.env['AWS_ENDPOINT_URL'] = before;
  });
  const ExecuteApiUrl = 'https://a1.execute-api.us-east-1.amazonaws.com/prod/';
  const outputs = { Endpoint: 'https://tokens.example.com/', ExecuteApiUrl };
  delete process.env['AWS_ENDPOINT_URL'];
  assert.equal(addressOf(outputs), 'https://tokens.example.com/');
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
  assert.equal(addressOf(outputs), 'http://127.0.0.1:4566/_aws/execute-api/a1/prod/');
  assert.equal(addressOf({ Endpoint: ExecuteApiUrl }), 'http://127.0.0.1:4566/_aws/execute-api/a1/prod/');
});
