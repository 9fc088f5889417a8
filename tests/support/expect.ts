/** What the HTTP contract promises of an answer. */
import assert from 'node:assert/strict';
import type { Answer, ErrorBody, Vended } from './http.ts';
import { plantKey } from './planted.ts';

/** @returns the token of a 200, which is from now on looked for in the logs */
export function vended(answer: Answer): Vended {
  assert.equal(answer.status, 200, `${answer.to}: ${answer.body}`);
  const body = JSON.parse(answer.body) as Vended;
  assert.deepEqual(Object.keys(body).sort(), ['authToken', 'expiresAt']);
  plantKey('a vended token', body.authToken);
  return body;
}

/** @returns the permissions that the header of a 200 says the token has */
export function permissionsOf(answer: Answer): unknown {
  const grant = answer.headers['token-grant'];
  assert.ok(typeof grant === 'string', `${answer.to}: no Token-Grant`);
  return (JSON.parse(grant) as { permissions?: unknown }).permissions;
}

/** @returns the body of an error with this status and code */
export function refused(answer: Answer, status: number, code: string): ErrorBody {
  assert.equal(answer.status, status, `${answer.to}: ${answer.body}`);
  const body = JSON.parse(answer.body) as ErrorBody;
  assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'requestId'], answer.body);
  assert.equal(body.code, code, answer.body);
  assert.match(body.message, /^[A-Z].*\.$/, 'the message is a sentence');
  assert.match(body.requestId, /^[\w-]{8,}$/);
  return body;
}

/** Every answer may be read by a page of any origin, and kept by nobody; and no browser takes it for anything but what it says it is. */
export function readableAndNotKept(answer: Answer): void {
  const about = `${answer.to} (${answer.status})`;
  assert.equal(answer.headers['access-control-allow-origin'], '*', about);
  assert.equal(answer.headers['cache-control'], 'no-store', about);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff', about);
}

/** A browser that gets this answer to its preflight goes on to send a GET with `headers`. */
export function allowsPreflight(answer: Answer, headers: readonly string[]): void {
  assert.equal(answer.status, 204, answer.body);
  readableAndNotKept(answer);
  const allowed = listed(answer.headers['access-control-allow-headers']);
  for (const header of headers) assert.ok(allowed.includes(header), `${header} is not among ${allowed}`);
  assert.ok(listed(answer.headers['access-control-allow-methods']).includes('get'));
  // Else each token would cost two requests.
  assert.equal(answer.headers['access-control-max-age'], '7200');
}

function listed(header: string | undefined): string[] {
  return (header ?? '').split(',').map((item) => item.trim().toLowerCase());
}
