/**
 * The sign-in of a browser: by SRP, which never sends the password, with the library that the chat page signs in with.
 *
 * It is the one way that the client of a deployed pool allows. No AWS credentials are used.
 */
import { Amplify } from 'aws-amplify';
import { signIn } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { ConsoleLogger } from 'aws-amplify/utils';
import type { DemoUser } from 'local';

// Else it warns at each sign-in that Cognito is an emulator.
ConsoleLogger.LOG_LEVEL = 'ERROR';

/** The two tokens of a sign-in. */
export interface PoolTokens {
  readonly id: string;
  readonly access: string;
}

/** @see SrpClient.endpoint */
export interface SrpClient {
  readonly pool: string;
  readonly client: string;
  /** Where Cognito is; left out, where the pool's region says. */
  readonly endpoint?: string | undefined;
}

/** The library has one session for the whole process: sign-ins wait for each other. */
let last: Promise<unknown> = Promise.resolve();
const signedIn = new Set<string>();

/** How many users have signed in so far. */
export function signIns(): number {
  return signedIn.size;
}

/** Signs `user` in. @throws the library's error, with Cognito's code as its name */
export function signInBySrp(client: SrpClient, user: DemoUser): Promise<PoolTokens> {
  const done = last.then(() => signInAlone(client, user));
  last = done.catch(() => undefined);
  return done;
}

async function signInAlone({ pool, client, endpoint }: SrpClient, user: DemoUser): Promise<PoolTokens> {
  Amplify.configure({
    Auth: { Cognito: { userPoolId: pool, userPoolClientId: client, ...(endpoint && { userPoolEndpoint: endpoint }) } },
  });
  // After the configuration, which sets a storage, too. A memory of its own for each sign-in: nobody is signed in there yet.
  const kept = new Map<string, string>();
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
  const { isSignedIn, nextStep } = await signIn({
    username: user.username,
    password: user.password,
    options: { authFlowType: 'USER_SRP_AUTH' },
  });
  signedIn.add(`${pool} ${user.username}`);
  if (!isSignedIn) throw new Error(`${user.username} was not signed in: the pool asks for ${nextStep.signInStep}`);
  const named = (name: string): string => [...kept].find(([key]) => key.endsWith(`.${name}`))?.[1] ?? '';
  return { id: named('idToken'), access: named('accessToken') };
}
