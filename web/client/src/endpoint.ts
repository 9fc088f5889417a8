/** One request for a token: its answer, or a typed error. No retries here, and nothing is kept. */
import type { AccessRequest } from './access.ts';
import type { Clock } from './clock.ts';
import { TokenError, type TokenErrorDetails } from './errors.ts';

/** A token as it was vended. */
export interface Vended {
  readonly authToken: string;
  /** When it ends, by the endpoint's clock: seconds since 1970. */
  readonly expiresAt: number;
  /** How long it lives from now on, in milliseconds. */
  readonly lifeMs: number;
}

/** Where and how to ask. */
export interface Asking {
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** API Gateway gives up after 29 s; the vending function is meant to answer within a few. */
const TIMEOUT_MS = 15_000;
/** The longest that Momento allows. */
const LONGEST_LIFE_MS = 25 * 3_600_000;
/** A new token with less than this by the device's clock alone: the clock is wrong. */
const IMPLAUSIBLE_MS = 2_000;
/** What such a token is taken for: refreshed often rather than never. */
const ASSUMED_LIFE_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Asks `endpoint` for a token. Rejects with a {@link TokenError}, or with the reason of `signal`. */
export async function requestToken(request: AccessRequest, asking: Asking): Promise<Vended> {
  const response = await send(request, asking);
  if (response.type === 'opaqueredirect') {
    throw new TokenError('malformed', 'The endpoint redirects: use the address that it redirects to.');
  }
  const body = parse(response.text);
  if (!response.ok) throw failure(response, body, asking.clock);
  const { authToken, expiresAt } = body ?? {};
  if (typeof authToken !== 'string' || authToken === '' || typeof expiresAt !== 'number' || !(expiresAt > 0)) {
    throw new TokenError(
      'malformed',
      `The endpoint answered ${response.status} without a token: is the address that of a token vending machine?`,
      { status: response.status },
    );
  }
  return { authToken, expiresAt, lifeMs: life(expiresAt, serverTime(response.headers), asking.clock) };
}

interface Answer {
  readonly type: ResponseType;
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send(request: AccessRequest, { endpoint, fetch, clock, signal }: Asking): Promise<Answer> {
  const url = new URL(endpoint, globalThis.location?.href);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  const controller = new AbortController();
  const giveUp = () => controller.abort();
  const cancelTimeout = clock.after(TIMEOUT_MS, giveUp);
  signal.addEventListener('abort', giveUp);
  try {
    signal.throwIfAborted();
    // A redirect would take `username` and `password` along to wherever it points.
    const response = await fetch(url, {
      headers: request.headers ?? {},
      cache: 'no-store',
      redirect: 'manual',
      signal: controller.signal,
    });
    const { type, ok, status, headers } = response;
    return { type, ok, status, headers, text: type === 'opaqueredirect' ? '' : await response.text() };
  } catch (cause) {
    signal.throwIfAborted();
    const why = controller.signal.aborted ? `did not answer within ${TIMEOUT_MS / 1_000} s` : 'cannot be reached';
    throw new TokenError('unreachable', `The endpoint ${why}.`, { cause });
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', giveUp);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function failure({ status, headers }: Answer, body: Record<string, unknown> | undefined, clock: Clock): TokenError {
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
