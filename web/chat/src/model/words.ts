/** What people are told: rights, times and failures in words. No word of a protocol, a code only where it helps to ask for help. */
import { MomentoError, type Permission, type Selector, TokenError } from '@token-vending-machine/client';
import type { Machine } from '../settings.ts';

const ROLES: Readonly<Record<string, string>> = {
  ReadWrite: 'read and write',
  ReadOnly: 'read only',
  WriteOnly: 'write only',
  PublishSubscribe: 'read and write',
  SubscribeOnly: 'read only',
  PublishOnly: 'write only',
  Invoke: 'run',
};

/** What a permission is for, and what it lets one do there. */
export interface Right {
  readonly what: string;
  readonly where: string;
  readonly may: string;
}

export function rightOf(permission: Permission): Right {
  const { cache, topic, key, function: runs, role } = permission;
  const where = cache === '*' ? 'every cache' : nameIn(cache);
  const may = ROLES[role] ?? role;
  if (topic !== undefined) return { what: selected('room', topic), where, may };
  if (key !== undefined) return { what: selected('item', key), where, may };
  if (runs !== undefined) return { what: selected('function', runs), where, may };
  return { what: 'everything stored', where, may };
}

function selected(thing: string, selector: Selector): string {
  if (selector === '*') return `every ${thing}`;
  if (typeof selector === 'object' && 'prefix' in selector) return `${thing}s that begin with “${selector.prefix}”`;
  return `the ${thing} “${nameIn(selector)}”`;
}

function nameIn(selector: Selector): string {
  if (typeof selector === 'string') return selector;
  return 'name' in selector ? selector.name : `${selector.prefix}…`;
}

/** A time as one would say it: "59 min", "12 s". */
export function timeLeft(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds <= 0) return 'none';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 5) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Why one is not signed in, and what to do. */
export function whyNotSignedIn(error: unknown, mode: Machine['mode']): string {
  if (!(error instanceof TokenError)) return 'Something went wrong in this page. Load it again.';
  if (isStranger(error)) return REFUSED[mode];
  return whyNoToken(error);
}

const REFUSED: Readonly<Record<Machine['mode'], string>> = {
  Open: 'The endpoint requires a sign-in: it is not in Open mode. Choose its mode.',
  LambdaAuthorizer: 'The username or the password is wrong. Try again.',
  AmazonCognito: 'The username or the password is wrong. Try again.',
  Session: 'The username or the password is wrong. Try again.',
  Bearer: 'The endpoint does not accept this token. It may have expired: get a new one.',
};

/** Whether it is the sign-in that does not count: docs/errors.md has them all. */
function isStranger({ kind, status, code }: TokenError): boolean {
  return kind === 'refused' && (status === 401 || code === 'Forbidden');
}

/** Why there is no new token, and what becomes of it. */
export function whyNoToken(error: TokenError): string {
  const { status, retryAfterMs } = error;
  if (isStranger(error)) return 'Your sign-in is no longer valid.';
  switch (error.kind) {
    case 'refused':
      if (status !== 403) return error.message;
      return 'You are signed in, but you have no permissions here. Ask the administrator to add you to a group.';
    case 'limited': {
      const when = retryAfterMs === undefined ? 'shortly' : `in ${timeLeft(Math.max(retryAfterMs, 1_000))}`;
      return `Too many people ask for tokens at the moment. The page tries again ${when}.`;
    }
    case 'unavailable':
      return `The token service has a problem${error.code ? ` (${error.code})` : ''}.`;
    case 'unreachable':
      return 'The token service cannot be reached.';
    case 'malformed':
      return error.message;
    case 'stopped':
      return 'You are signed out.';
  }
}

/** Why one does not hear a room, or is not heard in it. */
export function whyNot(error: unknown, deed: 'listen' | 'speak'): string {
  if (error instanceof TokenError) return whyNoToken(error);
  if (!(error instanceof MomentoError)) return 'Something went wrong in this page. Load it again.';
  switch (error.kind) {
    case 'forbidden':
      return deed === 'listen'
        ? 'You do not have permission to read in this room.'
        : 'You do not have permission to write in this room.';
    case 'not-found':
      return 'This cache does not exist in Momento. Ask the administrator to create it.';
    case 'invalid':
      return error.message;
    case 'unauthenticated':
    case 'unavailable':
      return deed === 'listen'
        ? 'Momento cannot be reached.'
        : 'Momento did not confirm the message. It may have been sent: if it does not appear above, send it again.';
  }
}
