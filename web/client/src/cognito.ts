/**
 * Sign-in with a Cognito user pool by `InitiateAuth` alone: no AWS SDK, no second factor, no new passwords. An app that
 * needs those signs in with Amplify, and gives `bearer()` the ID token.
 */
import { type Access, bearer } from './access.ts';
import { answerTo } from './answer.ts';
import { type Clock, systemClock } from './clock.ts';
import { TokenError, type TokenErrorKind } from './errors.ts';

/** Who signs in, and where. */
export interface CognitoOptions {
  /** The region of the user pool, with which its id begins: `eu-central-1` of the stack's output `UserPoolId`, `eu-central-1_AbCdEf123`. */
  readonly region: string;
  /** The stack's output `UserPoolClientId`. */
  readonly clientId: string;
  readonly username: string;
  /** Forgotten after the first sign-in; from then on the refresh token serves. */
  readonly password: string;
  /**
   * The URL of another Cognito, such as a local one.
   * @default that of the region
   */
  readonly url?: string;
}

/** What signing in takes from where it runs. */
export interface CognitoSurroundings {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** An ID token with less than this left would end on its way. */
const LEAST_LEFT_MS = 60_000;

/** Mode `AmazonCognito`, for a username and a password. Everything is kept in memory: a reload signs out. */
export function cognito(options: CognitoOptions, surroundings = device()): Access {
  let password: string | undefined = options.password;
  let refreshToken: string | undefined;
  let idToken: { readonly text: string; readonly endsAt: number } | undefined;

  const signIn = async (signal: AbortSignal): Promise<string> => {
    const { clock } = surroundings;
    if (idToken && clock.now() < idToken.endsAt - LEAST_LEFT_MS) return idToken.text;
    const request: InitiateAuth =
      refreshToken === undefined
        ? { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: options.username, PASSWORD: password ?? '' } }
        : { AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: refreshToken } };
    const result = await initiateAuth(request, options, surroundings, signal);
    idToken = { text: result.idToken, endsAt: clock.now() + result.lifeMs };
    refreshToken = result.refreshToken ?? refreshToken;
    if (refreshToken !== undefined) password = undefined;
    return idToken.text;
  };
  return async (signal) => bearer(() => signIn(signal))(signal);
}

interface InitiateAuth {
  readonly AuthFlow: 'USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH';
  readonly AuthParameters: Readonly<Record<string, string>>;
}

interface SignedIn {
  readonly idToken: string;
  readonly lifeMs: number;
  readonly refreshToken: string | undefined;
}

async function initiateAuth(
  request: InitiateAuth,
  { region, clientId, url = `https://${hostOf(region)}/` }: CognitoOptions,
  surroundings: CognitoSurroundings,
  signal: AbortSignal,
): Promise<SignedIn> {
  const init: RequestInit = {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({ ...request, ClientId: clientId }),
    credentials: 'omit',
  };
  const { ok, status, body = {} } = await answerTo({ who: 'Cognito', url, init, ...surroundings, signal });
  if (!ok) throw refusal(status, body);
  const result = body['AuthenticationResult'] as Record<string, unknown> | undefined;
  const idToken = result?.['IdToken'];
  if (typeof idToken !== 'string') throw challenge(body['ChallengeName']);
  const seconds = result?.['ExpiresIn'];
  const refreshToken = result?.['RefreshToken'];
  return {
    idToken,
    lifeMs: typeof seconds === 'number' ? seconds * 1_000 : 0,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
  };
}

/** In AWS GovCloud (US) there are FIPS endpoints alone ("Amazon Cognito" in its user guide). China has no user pools. */
function hostOf(region: string): string {
  const service = region.startsWith('us-gov-') ? 'cognito-idp-fips' : 'cognito-idp';
  return `${service}.${region}.amazonaws.com`;
}

/** Cognito says what is wrong in `__type`, some services with a prefix. */
function refusal(status: number, body: Readonly<Record<string, unknown>>): TokenError {
  const type = typeof body['__type'] === 'string' ? body['__type'] : '';
  const code = /[A-Za-z]+$/.exec(type)?.[0] ?? 'Unknown';
  return new TokenError(kindOf(status, code), `Cognito refused the sign-in: ${code}.`, { status, code });
}

function kindOf(status: number, code: string): TokenErrorKind {
  if (code === 'TooManyRequestsException' || code === 'LimitExceededException') return 'limited';
  return status >= 500 || status === 0 ? 'unavailable' : 'refused';
}

/** A user whom Cognito asks for more than a password: a second factor, a new password. */
function challenge(name: unknown): TokenError {
  const code = typeof name === 'string' && /^[A-Z_]+$/.test(name) ? name : 'UnknownChallenge';
  const message = `Cognito asks for more than a password (${code}): sign in with Amplify, and give bearer() the ID token.`;
  return new TokenError('refused', message, { code });
}

function device(): CognitoSurroundings {
  return { clock: systemClock(), fetch: (input, init) => globalThis.fetch(input, init) };
}
