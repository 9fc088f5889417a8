/**
 * The smoke call after a deployment: one request as a stranger makes it, and whether its answer is the mode's.
 *
 * It sends no credentials and keeps no token: in Open mode one is vended and thrown away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { AuthMode } from '../options.ts';

/** A new API is not at once known to every edge of API Gateway: its first answers may be 403 or 5xx. */
const ATTEMPTS = 6;
const PAUSE_MS = 2_000;
const TIMEOUT_MS = 35_000;

interface Answer {
  readonly status: number;
  readonly code: string;
}

/** What a stranger may be told, and what that says about the deployment. */
const EXPECTED: Readonly<Record<AuthMode, readonly (Answer & { readonly means: string })[]>> = {
  Open: [
    { status: 200, code: '', means: 'it vends tokens' },
    { status: 503, code: 'SecretUnavailable', means: 'it works, and waits for a key in its secret' },
    { status: 403, code: 'KeyRequired', means: 'it asks for the key of its usage plan' },
  ],
  LambdaAuthorizer: [{ status: 401, code: 'Unauthorized', means: 'it asks for credentials' }],
  AmazonCognito: [{ status: 401, code: 'Unauthorized', means: 'it asks for an ID token' }],
};

/**
 * Calls `endpoint` until it answers as a machine of `mode` does.
 *
 * @returns what the answer means
 * @throws {Failure} with the last answer, when none of them was
 */
export async function smokeCall(
  endpoint: string,
  mode: AuthMode,
  wait: () => Promise<void> = standing,
): Promise<string> {
  let last = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await wait();
    const answer = await call(endpoint).catch((error: Error) => error);
    if (!(answer instanceof Error)) {
      const expected = EXPECTED[mode].find(({ status, code }) => answer.status === status && answer.code === code);
      if (expected) return `${expected.status}: ${expected.means}`;
    }
    last = answer instanceof Error ? answer.message : `${answer.status} ${answer.code}`;
  }
  throw new Failure(
    `${endpoint} is deployed, but does not answer as ${mode} mode does (last: ${last}). The log of the vending function ` +
      'says more; "make deploy" again changes nothing that is as it should be.',
  );
}

function standing(): Promise<void> {
  return pause(PAUSE_MS);
}

async function call(endpoint: string): Promise<Answer> {
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body: unknown = await response.json().catch(() => undefined);
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
  return { status: response.status, code };
}
