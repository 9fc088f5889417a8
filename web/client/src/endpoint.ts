/** One request for a token: its answer, or a typed error. No retries here, and nothing is kept. */
import type { AccessRequest } from './access.ts';
import { addressOf } from './address.ts';
import { type Answer, answerTo } from './answer.ts';
import type { Clock } from './clock.ts';
import { TokenError, type TokenErrorDetails } from './errors.ts';
import { type Grant, parseGrant } from './grant.ts';

/** A token as it was vended. */
export interface Vended {
  readonly authToken: string;
  /** When it ends, by the endpoint's clock: seconds since 1970. */
  readonly expiresAt: number;
  /** How long it lives from now on, in milliseconds. */
  readonly lifeMs: number;
  /** What it may do, where the endpoint says so. */
  readonly grant?: Grant;
}

/** Where and how to ask. */
export interface Asking {
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The longest that Momento allows. */
const LONGEST_LIFE_MS = 25 * 3_600_000;
/** A new token with less than this by the device's clock alone: the clock is wrong. */
const IMPLAUSIBLE_MS = 2_000;
/** What such a token is taken for: refreshed often rather than never. */
const ASSUMED_LIFE_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Asks `endpoint` for a token. Rejects with a {@link TokenError}, or with the reason of `signal`. */
export async function requestToken(request: AccessRequest, asking: Asking): Promise<Vended> {
  const { endpoint, fetch, clock, signal } = asking;
  const url = addressOf(endpoint, request.query ?? {});
  const init = { headers: request.headers ?? {} };
  const answer = await answerTo({ url, init, fetch, clock, signal });
  if (isRedirect(answer)) {
    throw new TokenError('malformed', 'The endpoint redirects: use the address that it redirects to.');
  }
  if (!answer.ok) throw failure(answer, clock);
  const { authToken, expiresAt } = answer.body ?? {};
  if (typeof authToken !== 'string' || authToken === '' || typeof expiresAt !== 'number' || !(expiresAt > 0)) {
    throw new TokenError(
      'malformed',
      `The endpoint answered ${answer.status} without a token: is the address that of a token vending machine?`,
      { status: answer.status },
    );
  }
  const grant = parseGrant(answer.headers.get('Token-Grant'));
  const lifeMs = life(expiresAt, serverTime(answer.headers), clock);
  return { authToken, expiresAt, lifeMs, ...(grant && { grant }) };
}

/** Browsers hide where a redirect leads; servers' runtimes show it (Node, Deno, Bun, Workers). */
function isRedirect({ type, status }: Answer): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400);
}

function failure({ status, headers, body }: Answer, clock: Clock): TokenError {
  const retryAfterMs = retryAfter(headers, clock);
  const code = identifier(body?.['code']);
  const requestId = identifier(body?.['requestId']);
  const details: TokenErrorDetails = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  const told = body?.['message'];
  const message = typeof told === 'string' && told !== '' ? told.slice(0, 300) : 'no reason given';
  return new TokenError(
    kindOf(status),
    `The endpoint answered ${status}${code ? ` ${code}` : ''}: ${message}`,
    details,
  );
}

function kindOf(status: number) {
  if (status === 429) return 'limited';
  if (status >= 500 || status === 408) return 'unavailable';
  return status >= 400 ? 'refused' : 'malformed';
}

/** What cannot be a code or an id is not quoted. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) ? value : undefined;
}

/** Seconds or an HTTP date. */
function retryAfter(headers: Headers, clock: Clock): number | undefined {
  const value = headers.get('Retry-After')?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - (serverTime(headers) ?? clock.wall());
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}

/** The endpoint's own time, where a page may read it: at its own origin, or where CORS exposes `Date`. */
function serverTime(headers: Headers): number | undefined {
  const time = Date.parse(headers.get('Date') ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/**
 * `expiresAt` is by the endpoint's clock, and so is `Date`: their difference holds whatever the device's clock says.
 * Without `Date` the device is trusted, but for a clock so far ahead that a new token would have ended already. One that
 * is far behind is found out by Momento, which refuses the token: see `TokenSource.discard`.
 */
function life(expiresAt: number, server: number | undefined, clock: Clock): number {
  const ms = expiresAt * 1_000 - (server ?? clock.wall());
  if (server !== undefined && ms <= 0) {
    throw new TokenError(
      'malformed',
      'The endpoint gave a token that has ended already: its clock, or a cache, is wrong.',
    );
  }
  if (server === undefined && ms < IMPLAUSIBLE_MS) return ASSUMED_LIFE_MS;
  return Math.min(ms, LONGEST_LIFE_MS);
}
