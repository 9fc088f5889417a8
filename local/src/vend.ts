/**
 * Asks the deployed endpoint for a token, as a client of the configured mode does, and tries what it got.
 *
 * The request that is printed as a curl line is the one that was made.
 */
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  CacheGetResponse,
  CacheSetResponse,
  TopicPublishResponse,
  type TopicSubscribe,
  TopicSubscribeResponse,
} from '@gomomento/sdk';
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import { clientConfig } from './emulator.ts';
import { Failure } from './failure.ts';
import type { Trial } from './grants.ts';
import { cacheClient, topicClient } from './momento.ts';
import type { DemoUser, Outputs } from './outputs.ts';
import { shellWord } from './shell.ts';

/** A request for a token. */
export interface TokenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body of the endpoint’s 200. */
export interface VendedToken {
  readonly authToken: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** More than the function's own timeout: it, not we, should be the one to say that it took too long. */
const TIMEOUT_MS = 60_000;

/** How `user` asks the endpoint of `outputs` for a token; nobody in particular in Open mode. */
export async function tokenRequest(outputs: Outputs, config: TvmConfig, user?: DemoUser): Promise<TokenRequest> {
  if (user === undefined) return { url: `${outputs.Endpoint}?name=demo`, headers: {} };
  if (outputs.AuthMode === 'AmazonCognito') {
    const token = await signIn(outputs, user, config.cognito.token_use);
    return { url: outputs.Endpoint, headers: { Authorization: `Bearer ${token}` } };
  }
  return { url: outputs.Endpoint, headers: credentialHeaders(config.authorizer.credentials, user) };
}

/** The headers in which an authorizer's caller sends who they are. */
export function credentialHeaders(place: 'headers' | 'basic', user: DemoUser): Record<string, string> {
  const { username, password } = user;
  if (place === 'headers') return { username, password };
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/**
 * Signs `user` in to the pool of `outputs`, by the password itself: the emulator takes it whatever the client allows.
 *
 * @returns the token of that use
 * @throws {Failure} when the pool asks for more than a password
 */
export async function signIn(outputs: Outputs, user: DemoUser, use: 'id' | 'access'): Promise<string> {
  const client = new CognitoIdentityProviderClient(clientConfig(outputs.AwsEndpoint));
  const { AuthenticationResult, ChallengeName } = await client.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: outputs.UserPoolClientId,
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  );
  const token = use === 'id' ? AuthenticationResult?.IdToken : AuthenticationResult?.AccessToken;
  if (token !== undefined) return token;
  throw new Failure(
    `The user pool did not sign ${user.username} in: it asks for ${ChallengeName ?? 'something'} beside the password. ` +
      'The demo users have nothing else; try it with cognito.mfa = "off" or "optional".',
  );
}

/**
 * Makes `request`.
 *
 * @throws {Failure} with the status and what the endpoint said, when it is not a token
 */
export async function vend(request: TokenRequest): Promise<VendedToken> {
  const response = await fetch(request.url, { headers: request.headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body = await response.text();
  if (response.status !== 200) throw new Failure(`The endpoint ${request.url} answered ${response.status}: ${body}`);
  return JSON.parse(body) as VendedToken;
}

/** `request` as a line for a shell. */
export function curlLine({ url, headers }: TokenRequest): string {
  const given = Object.entries(headers).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`);
  return ['curl -sS', ...given, shellWord(url)].join(' ');
}

/** Does with `token` what `trial` says, with the official SDK. @returns what was done, for people */
export async function prove(token: string, momentoUrl: string, trial: Trial): Promise<string> {
  switch (trial.kind) {
    case 'item':
      return proveItem(token, momentoUrl, trial.cache, trial.key);
    case 'publish':
      return provePublish(token, momentoUrl, trial.cache, trial.topic);
    case 'subscribe':
      return proveSubscribe(token, momentoUrl, trial.cache, trial.topic);
  }
}

async function proveItem(token: string, url: string, cache: string, key: string): Promise<string> {
  const value = `set by make local, ${new Date().toISOString()}`;
  const client = cacheClient(token, url);
  try {
    const set = await client.set(cache, key, value);
    if (set.type === CacheSetResponse.Error) throw refused(`set ${key} in ${cache}`, set.message());
    const got = await client.get(cache, key);
    if (got.type !== CacheGetResponse.Hit || got.valueString() !== value) {
      throw refused(`get ${key} in ${cache}`, got.type === CacheGetResponse.Error ? got.message() : `a ${got.type}`);
    }
    return `set "${key}" in the cache ${cache} and got it back`;
  } finally {
    client.close();
  }
}

// The SDK's topic client for Node has no close; its idle connection does not keep the process alive.
async function provePublish(token: string, url: string, cache: string, topic: string): Promise<string> {
  const response = await topicClient(token, url).publish(cache, topic, 'hello from make local');
  if (response.type === TopicPublishResponse.Error)
    throw refused(`publish to ${topic} in ${cache}`, response.message());
  return `published to the topic "${topic}" of the cache ${cache}`;
}

async function proveSubscribe(token: string, url: string, cache: string, topic: string): Promise<string> {
  const response = await topicClient(token, url).subscribe(cache, topic, { onItem: () => {}, onError: () => {} });
  if (response.type === TopicSubscribeResponse.Error) {
    throw refused(`subscribe to ${topic} in ${cache}`, (response as TopicSubscribe.Error).message());
  }
  (response as TopicSubscribe.Subscription).unsubscribe();
  return `subscribed to the topic "${topic}" of the cache ${cache}`;
}

function refused(what: string, why: string): Failure {
  return new Failure(`A token was vended, but the local Momento does not let it ${what}: ${why}`);
}
