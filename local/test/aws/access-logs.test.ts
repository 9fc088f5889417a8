/** The role of the account that API Gateway logs by. Real: the AWS SDK; what answers it is a server here, with API Gateway's answers. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { accessLogsRole } from '../../src/aws/access-logs.ts';
import { Failure } from '../../src/failure.ts';
import { CONFIG } from '../fixtures.ts';

const LOGGED = { api: { ...CONFIG.api, access_logs: true } };

/** API Gateway, which says this of the account, and which requests it had. */
async function apiGateway(t: TestContext, status: number, body: object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const client = new APIGatewayClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  t.after(() => client.destroy());
  return { client, asked };
}

test('where no logs are asked for, nobody is asked', async (t) => {
  const { client, asked } = await apiGateway(t, 200, {});
  assert.equal(await accessLogsRole(CONFIG, client), 'none asked for');
  assert.deepEqual(asked, []);
});

test('the role of the account is found, and nothing is changed', async (t) => {
  const role = 'arn:aws:iam::111122223333:role/logs';
  const { client, asked } = await apiGateway(t, 200, { cloudwatchRoleArn: role, throttleSettings: {} });
  assert.equal(await accessLogsRole(LOGGED, client), `by ${role}`);
  assert.deepEqual(asked, ['GET /account']);
});

test('an account without the role is told what to do before a deployment fails for it', async (t) => {
  for (const none of [{ throttleSettings: {} }, { cloudwatchRoleArn: '' }]) {
    const { client } = await apiGateway(t, 200, none);
    await assert.rejects(accessLogsRole(LOGGED, client), (error) => {
      assert.ok(error instanceof Failure);
      assert.match(error.message, /docs\/endpoint\.md.*access_logs = false/);
      return true;
    });
  }
});

test('who may not look at the account may deploy all the same', async (t) => {
  const { client } = await apiGateway(t, 403, { message: 'User: u is not authorized to perform: apigateway:GET' });
  assert.match(await accessLogsRole(LOGGED, client), /^cannot be told: .*apigateway:GET.*docs\/endpoint\.md/);
});
