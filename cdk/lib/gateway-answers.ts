/**
 * The answers that API Gateway gives by itself: with the headers of every other answer, and the same error body.
 *
 * No answer repeats API Gateway's own words: they name policies and configuration, and where an `Authorization` header is no
 * signature of AWS's, they quote it.
 */

import { type GatewayResponseOptions, ResponseType } from 'aws-cdk-lib/aws-apigateway';

import type { Access } from './access.ts';
import type { ApiTable } from './canonical-config.ts';

/**
 * Any page may read an answer, nothing on the way may keep it (there may be a token in it), and no browser takes it for anything but the
 * JSON that it says it is.
 */
export const HEADERS_OF_EVERY_ANSWER: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** Seconds until the next request after a throttled one: API Gateway's buckets refill every second. */
const RETRY_AFTER_SECONDS = 1;

/** Seconds until the next request with a key whose quota is used up: API Gateway does not say when its day, week or month ends. */
const NEXT_QUOTA_SECONDS = 3600;

/** When to come back, in a way that a page of another origin can read. */
export function retryAfter(seconds: number): Readonly<Record<string, string>> {
  return { 'Retry-After': `${seconds}`, 'Access-Control-Expose-Headers': 'Retry-After' };
}

interface Answer {
  readonly type: ResponseType;
  /** Stable: clients compare with it. */
  readonly code: string;
  /** What a caller can do about it. */
  readonly message: string;
  /** @default - the status of API Gateway */
  readonly status?: number;
  /** @default - none but those of every answer */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The types that take one of the two defaults, whose status is API Gateway's, and why that is enough ("Gateway response types for
 * API Gateway" in its developer guide). Without `[api.waf]` and `[api.usage_plan]`, theirs do too: nothing makes them then.
 */
export const DEFAULTED: Readonly<Record<string, string>> = {
  API_CONFIGURATION_ERROR: '500: the deployment itself is broken, and the caller can only come back later',
  BAD_REQUEST_BODY: '400: no method has a validator of bodies',
  BAD_REQUEST_PARAMETERS: '400: no method has a validator of parameters',
  REQUEST_TOO_LARGE: '413: the status says it, and GET / has no body to make smaller',
  RESOURCE_NOT_FOUND: '404: after a resource was matched and its caller let in; an unknown path is refused before that',
  UNSUPPORTED_MEDIA_TYPE: '415: the status says it; no method passes a body on',
};

/** Every type that has an answer of its own. */
function answers(access: Access, api: ApiTable): readonly Answer[] {
  const unchecked = {
    code: 'AuthorizerUnavailable',
    message: 'Your credentials could not be checked; try again later.',
    // 500 by API Gateway, but it is no fault of the request: the authorizer could not read its secret, or did not answer.
    status: 503,
  };
  const unknown = { code: 'UnknownRoute', message: 'Only GET / is served here.' };
  return [
    {
      type: ResponseType.DEFAULT_4XX,
      code: 'RequestRefused',
      message: 'This request cannot be served; only GET / is, without a body.',
    },
    { type: ResponseType.DEFAULT_5XX, code: 'InternalError', message: 'Something failed; try again later.' },
    { type: ResponseType.UNAUTHORIZED, code: 'Unauthorized', message: access.askForCredentials },
    { type: ResponseType.ACCESS_DENIED, code: 'Forbidden', message: 'These credentials are not accepted.' },
    // Misnamed by API Gateway: it takes an unknown path or method for one that asks for AWS's signature, finds none, or finds a
    // bearer token in its place. No method here asks for a signature, so these say nothing else.
    { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, ...unknown },
    { type: ResponseType.INVALID_SIGNATURE, ...unknown },
    { type: ResponseType.EXPIRED_TOKEN, ...unknown },
    {
      type: ResponseType.THROTTLED,
      code: 'TooManyRequests',
      message: 'Too many requests; wait for the seconds in Retry-After, then try again.',
      headers: retryAfter(RETRY_AFTER_SECONDS),
    },
    { type: ResponseType.AUTHORIZER_FAILURE, ...unchecked },
    { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, ...unchecked },
    // 504 by API Gateway, which is for a function that did not answer in time.
    { type: ResponseType.INTEGRATION_FAILURE, code: 'BadGateway', message: 'Try again later.', status: 502 },
    { type: ResponseType.INTEGRATION_TIMEOUT, code: 'GatewayTimeout', message: 'No answer in time; try again later.' },
    ...(api.waf === undefined ? [] : OF_THE_FIREWALL),
    ...(api.usage_plan === undefined ? [] : OF_THE_USAGE_PLAN),
  ];
}

const OF_THE_FIREWALL: readonly Answer[] = [
  { type: ResponseType.WAF_FILTERED, code: 'Blocked', message: 'The firewall of this endpoint refuses this request.' },
];

const OF_THE_USAGE_PLAN: readonly Answer[] = [
  {
    type: ResponseType.INVALID_API_KEY,
    code: 'KeyRequired',
    message: 'Send the key of your app in the header x-api-key.',
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    code: 'QuotaExceeded',
    message: 'All requests that this key allows for now have been made; try again after the seconds in Retry-After.',
    headers: retryAfter(NEXT_QUOTA_SECONDS),
  },
];

/** The gateway responses of an API with this access, and with this before it. */
export function gatewayAnswers(access: Access, api: ApiTable): readonly GatewayResponseOptions[] {
  return answers(access, api).map(({ type, code, message, status, headers }) => ({
    type,
    ...(status === undefined ? {} : { statusCode: `${status}` }),
    responseHeaders: quotedValues({ ...HEADERS_OF_EVERY_ANSWER, ...headers }),
    templates: { 'application/json': gatewayErrorBody(code, message) },
  }));
}

/** API Gateway takes a header's value in single quotes as it is, and anything else as an expression. */
export function quotedValues(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`]));
}

function gatewayErrorBody(code: string, message: string): string {
  return `{"message": ${JSON.stringify(message)}, "code": "${code}", "requestId": "$context.requestId"}`;
}

/** The body of an error that is answered before a request has an id. */
export function errorBody(code: string, message: string): string {
  return JSON.stringify({ message, code, requestId: '' });
}
