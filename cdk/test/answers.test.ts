/** The answers that API Gateway gives by itself: preflight and errors. Synthesized templates; nothing is deployed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ResponseType } from 'aws-cdk-lib/aws-apigateway';

import type { AuthMode, CredentialsPlace } from '../lib/canonical-config.ts';
import { DEFAULTED } from '../lib/gateway-answers.ts';
import { API, AUTHORIZER, all, EVERYTHING_BEFORE, MODES, type Part, synthesize } from './fixtures.ts';

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseParameters: Readonly<Record<string, string>>;
  readonly ResponseTemplates: Readonly<Record<string, string>>;
}

function gatewayResponses(auth: AuthMode): GatewayResponse[] {
  // With every answer that the configuration can add.
  return all(
    synthesize({ auth, api: EVERYTHING_BEFORE }),
    'AWS::ApiGateway::GatewayResponse',
  ) as unknown as GatewayResponse[];
}

/** What API Gateway makes of a template for one request. */
function rendered(response: GatewayResponse): Part {
  const template = response.ResponseTemplates['application/json'] ?? '';
  return JSON.parse(template.replaceAll('$context.requestId', 'r-1'));
}

test('every error of API Gateway has the CORS header, no cache keeps it, and no browser guesses what it is', () => {
  for (const auth of MODES) {
    const responses = gatewayResponses(auth);
    const types = responses.map((response) => response.ResponseType);
    assert.ok(types.includes('DEFAULT_4XX') && types.includes('DEFAULT_5XX'), `${types}`);
    for (const { ResponseParameters: headers } of responses) {
      assert.equal(headers['gatewayresponse.header.Access-Control-Allow-Origin'], "'*'");
      assert.equal(headers['gatewayresponse.header.Cache-Control'], "'no-store'");
      assert.equal(headers['gatewayresponse.header.X-Content-Type-Options'], "'nosniff'");
    }
  }
});

test('every error of API Gateway has the body of the machine', () => {
  for (const auth of MODES) {
    for (const response of gatewayResponses(auth)) {
      const body = rendered(response);
      assert.deepEqual(Object.keys(body), ['message', 'code', 'requestId']);
      assert.match(String(body['code']), /^([A-Z][a-z]+)+$/);
      assert.notEqual(body['message'], '');
      assert.equal(body['requestId'], 'r-1');
    }
  }
});

test('codes are stable, and statuses those of the contract', () => {
  const found = gatewayResponses('LambdaAuthorizer').map((response) => [
    response.ResponseType,
    response.StatusCode ?? 'as API Gateway',
    rendered(response)['code'],
  ]);
  assert.deepEqual(found.sort(), [
    ['ACCESS_DENIED', 'as API Gateway', 'Forbidden'],
    ['AUTHORIZER_CONFIGURATION_ERROR', '503', 'AuthorizerUnavailable'],
    ['AUTHORIZER_FAILURE', '503', 'AuthorizerUnavailable'],
    ['DEFAULT_4XX', 'as API Gateway', 'RequestRefused'],
    ['DEFAULT_5XX', 'as API Gateway', 'InternalError'],
    ['EXPIRED_TOKEN', 'as API Gateway', 'UnknownRoute'],
    ['INTEGRATION_FAILURE', '502', 'BadGateway'],
    ['INTEGRATION_TIMEOUT', 'as API Gateway', 'GatewayTimeout'],
    ['INVALID_API_KEY', 'as API Gateway', 'KeyRequired'],
    ['INVALID_SIGNATURE', 'as API Gateway', 'UnknownRoute'],
    ['MISSING_AUTHENTICATION_TOKEN', 'as API Gateway', 'UnknownRoute'],
    ['QUOTA_EXCEEDED', 'as API Gateway', 'QuotaExceeded'],
    ['THROTTLED', 'as API Gateway', 'TooManyRequests'],
    ['UNAUTHORIZED', 'as API Gateway', 'Unauthorized'],
    ['WAF_FILTERED', 'as API Gateway', 'Blocked'],
  ]);
});

test('a throttled caller learns when to come back, and a browser may read it', () => {
  const throttled = gatewayResponses('Open').find(({ ResponseType: type }) => type === 'THROTTLED');
  const headers = throttled?.ResponseParameters;
  assert.match(headers?.['gatewayresponse.header.Retry-After'] ?? '', /^'[1-9][0-9]*'$/);
  assert.equal(headers?.['gatewayresponse.header.Access-Control-Expose-Headers'], "'Retry-After'");
});

test('no answer holds API Gateway’s own message, which names policies, or quotes the Authorization header', () => {
  for (const auth of MODES) {
    for (const { ResponseType: type, ResponseTemplates } of gatewayResponses(auth)) {
      assert.doesNotMatch(JSON.stringify(ResponseTemplates), /\$context\.(?!requestId\b)/, type);
    }
  }
});

test('every type of answer that API Gateway has is one of ours, or takes the default for a reason', () => {
  const known = Object.values(ResponseType).map((type) => (type as ResponseType).responseType);
  assert.equal(known.length, 21);
  const ours = gatewayResponses('Open').map(({ ResponseType: type }) => type);
  assert.deepEqual([...ours, ...Object.keys(DEFAULTED)].toSorted(), known.toSorted());
});

test('a preflight allows what the mode and the narrowing need, and what the file names, and is answered without credentials', () => {
  const table: readonly [AuthMode, CredentialsPlace, string][] = [
    ['Open', 'headers', 'usergroup,cachename,authorization,content-type'],
    ['LambdaAuthorizer', 'headers', 'username,password,usergroup,cachename,authorization,content-type'],
    ['LambdaAuthorizer', 'basic', 'authorization,usergroup,cachename,content-type'],
    ['AmazonCognito', 'headers', 'authorization,usergroup,cachename,content-type'],
  ];
  for (const [auth, credentials, allowed] of table) {
    const api = { ...API, allowed_headers: ['Traceparent', 'Authorization', '*'] };
    const methods = all(
      synthesize({ auth, authorizer: { ...AUTHORIZER, credentials }, api }),
      'AWS::ApiGateway::Method',
    );
    const preflight = methods.find((method) => method['HttpMethod'] === 'OPTIONS');
    assert.equal(preflight?.['AuthorizationType'], 'NONE');
    const integration = preflight?.['Integration'] as { IntegrationResponses: Part[] };
    assert.deepEqual(integration.IntegrationResponses, [
      {
        StatusCode: '204',
        ResponseParameters: {
          'method.response.header.Access-Control-Allow-Origin': "'*'",
          'method.response.header.Cache-Control': "'no-store'",
          'method.response.header.X-Content-Type-Options': "'nosniff'",
          'method.response.header.Access-Control-Allow-Headers': `'${allowed},traceparent,*'`,
          'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
          'method.response.header.Access-Control-Max-Age': "'7200'",
        },
      },
    ]);
  }
});
