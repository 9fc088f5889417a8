/** Questions to the real Momento: what it makes of permissions that say the same, or contradict each other. */
import {
  AuthClient,
  AuthClientConfigurations,
  ExpiresIn,
  GenerateDisposableTokenResponse,
  TopicRole,
} from '@gomomento/sdk';
import { credentialsFor } from 'local';
import { plantKey } from '../support/planted.ts';
import { keyIn } from './options.ts';
import type { Answer, Place, Question } from './place.ts';
import { cachesOf } from './plan.ts';

const REFUSED = 'INVALID_ARGUMENT_ERROR';

/** Has Momento mint a token with these roles for every topic of the run's cache. */
async function minted({ plan }: Place, roles: readonly TopicRole[]): Promise<Answer> {
  const { apiKeyFile, cacheEndpoint } = plan.momento;
  const client = new AuthClient({
    configuration: AuthClientConfigurations.Default.latest(),
    credentialProvider: credentialsFor(keyIn(apiKeyFile), cacheEndpoint),
  });
  const { cache } = cachesOf(plan);
  const permissions = roles.map((role) => ({ role, cache, topic: 'any' }));
  const response = await client.generateDisposableToken({ permissions }, ExpiresIn.minutes(1));
  if (response.type === GenerateDisposableTokenResponse.Success) {
    plantKey('a token of a question', response.authToken);
    return { said: 'a token', asRelied: false };
  }
  const code = response.errorCode();
  return { said: `${code}: ${response.message()}`, asRelied: code === REFUSED };
}

const LIKE_THE_SUITES = 'INVALID_ARGUMENT, as Momento’s own suites say; the functions send no such list';
const EMULATOR = 'is asked with the local Momento, which is ours';

export const momentoQuestions: readonly Question[] = [
  {
    name: 'Momento: the same permission twice',
    relied: LIKE_THE_SUITES,
    emulator: EMULATOR,
    ask: (place) => minted(place, [TopicRole.SubscribeOnly, TopicRole.SubscribeOnly]),
  },
  {
    name: 'Momento: SubscribeOnly and PublishSubscribe for the same topic',
    relied: LIKE_THE_SUITES,
    emulator: EMULATOR,
    ask: (place) => minted(place, [TopicRole.SubscribeOnly, TopicRole.PublishSubscribe]),
  },
  {
    name: 'Momento: SubscribeOnly and PublishOnly for the same topic',
    relied: LIKE_THE_SUITES,
    emulator: EMULATOR,
    ask: (place) => minted(place, [TopicRole.SubscribeOnly, TopicRole.PublishOnly]),
  },
];
