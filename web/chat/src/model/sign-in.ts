/** How one proves to a machine who one is: what a person types in, turned into what the client sends. */
import {
  type Access,
  basic,
  bearer,
  credentials,
  open,
  TokenError,
  type TokenErrorKind,
} from '@token-vending-machine/client';
import type { Machine } from '../settings.ts';
import { serverSession } from './server-session.ts';
import type { Question, SignedIn } from './signed-in.ts';

/** What a person typed in. What a mode does not ask for is empty. */
export interface Typed {
  readonly name: string;
  readonly password: string;
}

/**
 * Signs in to `machine`. In modes that prove it with each request nothing is sent yet: the first token does.
 *
 * Rejects with a {@link TokenError}.
 */
export async function signIn(machine: Machine, { name, password }: Typed): Promise<SignedIn | Question> {
  switch (machine.mode) {
    case 'Open':
      return kept(open(name === '' ? {} : { name }));
    case 'LambdaAuthorizer':
      return kept(machine.credentials === 'basic' ? basic(name, password) : credentials(name, password));
    case 'Bearer':
      return kept(bearer(async () => password.trim()));
    case 'Session':
      return beginSession(machine.session, name, password);
    case 'AmazonCognito': {
      // Amplify is as large as all the rest: only who signs in with it loads it.
      const { signInToPool } = await import('./cognito.ts');
      return signInToPool(machine, name, password);
    }
  }
}

function kept(access: Access): SignedIn {
  return { access, signOut: async () => {} };
}

function kindOf(status: number): TokenErrorKind {
  if (status === 429) return 'limited';
  return status < 500 ? 'refused' : 'unavailable';
}

/** The cookie is the server's own, and no script sees it. */
async function beginSession(url: string, username: string, password: string): Promise<SignedIn> {
  const body = JSON.stringify({ username, password });
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  const response = await fetch(url, init).catch((cause) => {
    throw new TokenError('unreachable', 'The server cannot be reached.', { cause });
  });
  if (!response.ok) {
    const { status } = response;
    throw new TokenError(kindOf(status), `The server answered ${status}.`, { status });
  }
  return serverSession(url);
}
