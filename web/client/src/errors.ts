/** What can go wrong, by kind. No error holds a token, a password or what an endpoint sent instead of JSON. */

/**
 * Why there is no token.
 *
 * - `refused`: asking again with the same credentials does not help (401, 403 and other 4xx). The source has stopped.
 * - `limited`: too many requests (429); the source asks again after `retryAfterMs`.
 * - `unavailable`: the endpoint failed (5xx), or the app's own sign-in callback did.
 * - `unreachable`: no answer: no network, no such host, or none in time.
 * - `malformed`: an answer that no token vending machine gives, such as a web page: is the address right?
 * - `stopped`: `stop()` was called.
 */
export type TokenErrorKind = 'refused' | 'limited' | 'unavailable' | 'unreachable' | 'malformed' | 'stopped';

/** What is known beyond the kind. */
export interface TokenErrorDetails {
  /** The HTTP status. */
  readonly status?: number;
  /** The endpoint's `code`, as docs/errors.md lists them, or Cognito's. */
  readonly code?: string;
  /** By it the operator finds the log line. */
  readonly requestId?: string;
  /** How long the endpoint asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error behind it. */
  readonly cause?: unknown;
}

/** There is no token; `kind` says why, and whether it will fix by itself. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly kind: TokenErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: TokenErrorKind, message: string, details: TokenErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/**
 * Why a topic or a cache does not do what it was asked.
 *
 * - `forbidden`: the token does not permit it. Another token of the same caller will not either.
 * - `not-found`: there is no such cache.
 * - `invalid`: the request is wrong as it stands, such as an empty name.
 * - `unauthenticated`: the token is refused; this package then fetches another by itself.
 * - `unavailable`: everything that may pass.
 */
export type MomentoErrorKind = 'forbidden' | 'not-found' | 'invalid' | 'unauthenticated' | 'unavailable';

/** Momento refused, or failed; `kind` says whether it will fix by itself, `cause` is the SDK's error. */
export class MomentoError extends Error {
  override readonly name = 'MomentoError';
  readonly kind: MomentoErrorKind;

  constructor(kind: MomentoErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
