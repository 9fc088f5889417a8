/**
 * Sign-in to a Cognito user pool with Amplify: SRP, so that the password is not sent, second factors, and the refresh of the
 * pool's tokens. They are kept for the tab alone, so that two people can sign in in two tabs.
 */
import { type Access, bearer, TokenError } from '@token-vending-machine/client';
import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, type SignInOutput, signIn, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { sessionStorage } from 'aws-amplify/utils';
import type { CognitoMachine } from '../settings.ts';
import type { Question, SignedIn } from './signed-in.ts';

/** Signs in to the pool of `machine`. */
export async function signInToPool(
  machine: CognitoMachine,
  username: string,
  password: string,
): Promise<SignedIn | Question> {
  configure(machine);
  // Somebody who signed in before in this tab is somebody else now.
  await signOut().catch(() => {});
  return step(machine, () => signIn({ username, password, options: { authFlowType: machine.flow } }));
}

/** Whoever is still signed in to the pool of `machine` in this tab. */
export async function signedInToPool(machine: CognitoMachine): Promise<SignedIn | undefined> {
  configure(machine);
  const { tokens } = await fetchAuthSession();
  return tokens && inPool(machine);
}

function configure({ userPoolId, clientId, cognito }: CognitoMachine): void {
  Amplify.configure({
    Auth: {
      Cognito: { userPoolId, userPoolClientId: clientId, ...(cognito && { userPoolEndpoint: cognito }) },
    },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(sessionStorage);
}

function inPool(machine: CognitoMachine): SignedIn {
  return { access: fromPool(machine), signOut: () => signOut().catch(() => {}) };
}

async function step(machine: CognitoMachine, take: () => Promise<SignInOutput>): Promise<SignedIn | Question> {
  const { isSignedIn, nextStep } = await take().catch((error) => {
    throw refusal(error);
  });
  if (isSignedIn) return inPool(machine);
  const answer = (challengeResponse: string) => step(machine, () => confirmSignIn({ challengeResponse }));
  switch (nextStep.signInStep) {
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return { ask: 'The code from your authenticator app', kind: 'code', answer };
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return { ask: 'Choose a new password', kind: 'password', answer };
    default:
      throw new TokenError('refused', `The user pool asks for what this page cannot do (${nextStep.signInStep}).`);
  }
}

/** Amplify refreshes the pool's tokens; where it cannot any more, nobody is signed in. */
function fromPool({ tokenUse }: CognitoMachine): Access {
  return bearer(async () => {
    const { tokens } = await fetchAuthSession();
    return (tokenUse === 'id' ? tokens?.idToken : tokens?.accessToken)?.toString();
  });
}

function refusal(error: unknown): TokenError {
  const code = error instanceof Error ? error.name : 'Unknown';
  if (code === 'NetworkError') return new TokenError('unreachable', 'Cognito cannot be reached.', { cause: error });
  if (code === 'TooManyRequestsException' || code === 'LimitExceededException') {
    return new TokenError('limited', 'Cognito limits sign-ins at the moment.', { code, cause: error });
  }
  return new TokenError('refused', `Cognito refused the sign-in: ${code}.`, { status: 401, code, cause: error });
}
