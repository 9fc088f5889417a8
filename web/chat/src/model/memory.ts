/**
 * What a reload of the page keeps: the room, in the address, and the sign-in, where no password is needed for it. Only this tab has the
 * sign-in, until it is closed; a password or a token is never kept here.
 */
import { open } from '@token-vending-machine/client';
import type { Machine } from '../settings.ts';
import type { Place } from './places.ts';
import { serverSession } from './server-session.ts';
import type { SignedIn } from './signed-in.ts';

const KEY = 'chat.signed-in';

/** Where the tab keeps texts, as long as it is open. */
export type TabStorage = () => Storage;

/** What is kept of a sign-in. */
interface Kept {
  readonly mode: Machine['mode'];
  readonly name: string;
}

/** Keeps that `name` is signed in to `machine`, where the page can go on without a password. */
export function rememberSignIn(storage: TabStorage, { mode }: Machine, name: string): void {
  if (mode === 'LambdaAuthorizer' || mode === 'Bearer') return;
  withStorage(storage, (kept) => kept.setItem(KEY, JSON.stringify({ mode, name } satisfies Kept)));
}

export function forgetSignIn(storage: TabStorage): void {
  withStorage(storage, (kept) => kept.removeItem(KEY));
}

/** Who was signed in to `machine` before the page was loaded again; `undefined` where nobody was, or a password is needed. */
export async function signedInBefore(storage: TabStorage, machine: Machine): Promise<SignedIn | undefined> {
  const kept = withStorage(storage, (items) => JSON.parse(items.getItem(KEY) ?? 'null') as Kept | null);
  if (kept?.mode !== machine.mode) return undefined;
  switch (machine.mode) {
    case 'Open':
      return { access: open(kept.name === '' ? {} : { name: kept.name }), signOut: async () => {} };
    case 'Session':
      return serverSession(machine.session);
    case 'AmazonCognito':
      return (await import('./cognito.ts')).signedInToPool(machine);
    default:
      return undefined;
  }
}

/** A browser that keeps nothing for the page throws as soon as it is asked. */
function withStorage<A>(storage: TabStorage, use: (items: Storage) => A): A | undefined {
  try {
    return use(storage());
  } catch {
    return undefined;
  }
}

/** The part of an address that names `place`, so that it can be sent to somebody. */
export function hashOf({ cache, topic }: Place): string {
  return `#${encodeURIComponent(cache)}/${encodeURIComponent(topic)}`;
}

/** The place that the part of an address names. */
export function placeIn(hash: string): Place | undefined {
  const [cache = '', topic = '', ...more] = hash.replace(/^#/, '').split('/');
  if (cache === '' || topic === '' || more.length > 0) return undefined;
  try {
    return { cache: decodeURIComponent(cache), topic: decodeURIComponent(topic) };
  } catch {
    // A `%` that stands for nothing.
    return undefined;
  }
}
