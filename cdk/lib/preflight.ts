/** The answer to a preflight, by which a browser asks what a page of another origin may send. Nobody proves who they are for it. */

import { AuthorizationType, MockIntegration, type RestApi } from 'aws-cdk-lib/aws-apigateway';

import { HEADERS_OF_EVERY_ANSWER, quotedValues } from './gateway-answers.ts';

/**
 * How long a browser need not ask again whether it may ask, in seconds: as long as Chromium remembers at most. Without it a
 * browser does for five, and each token costs two requests.
 */
const PREFLIGHT_SECONDS = '7200';

/** Lets pages of any origin send these headers. Not `addCorsPreflight`, which cannot say `Cache-Control: no-store`. */
export function answerPreflight(api: RestApi, allowedHeaders: readonly string[]): void {
  const headers = {
    ...HEADERS_OF_EVERY_ANSWER,
    'Access-Control-Allow-Headers': [...new Set(allowedHeaders.map((name) => name.toLowerCase()))].join(','),
    'Access-Control-Allow-Methods': 'GET,OPTIONS',
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  };
  const integration = new MockIntegration({
    requestTemplates: { 'application/json': '{"statusCode": 204}' },
    integrationResponses: [{ statusCode: '204', responseParameters: inMethodResponse(quotedValues(headers)) }],
  });
  api.root.addMethod('OPTIONS', integration, {
    // A browser sends no credentials with a preflight.
    authorizationType: AuthorizationType.NONE,
    methodResponses: [{ statusCode: '204', responseParameters: inMethodResponse(mapValues(headers, () => true)) }],
  });
}

function inMethodResponse<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]));
}

function mapValues<T, U>(from: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(value)]));
}
