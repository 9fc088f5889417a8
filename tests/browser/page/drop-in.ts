/**
 * A client of the JavaScript original: what its web apps do, without a package of ours. They fetch the endpoint with
 * `cache: 'no-store'`, read the answer as JSON, and hand `authToken` to the official SDK.
 */
import { CredentialProvider, TopicClient, TopicPublishResponse, TopicSubscribeResponse } from '@gomomento/sdk-web';
import { offer } from './actions.ts';

/** What a script of another origin can read of an answer. */
export interface Read {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

/** A message, or what became of the subscription. */
interface Heard {
  readonly value: unknown;
  /** The id of the token that it was published with. */
  readonly tokenId: string | undefined;
}

const CACHE = 'default-cache';

let hear: (what: Heard) => void;
const first = new Promise<Heard>((resolve) => {
  hear = resolve;
});

function topicClient(authToken: string, momento: string): TopicClient {
  const endpointOverrides = { cacheEndpoint: momento, controlEndpoint: momento, tokenEndpoint: momento };
  return new TopicClient({
    credentialProvider: CredentialProvider.fromDisposableToken({ authToken, endpointOverrides }),
  });
}

const actions = {
  async ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Read> {
    const answer = await fetch(url, { cache: 'no-store', headers });
    const body = (await answer.json()) as Read['body'];
    return { status: answer.status, body, retryAfter: answer.headers.get('Retry-After') };
  },

  /** What came of subscribing with the SDK: `Subscription`, or its error code. */
  async subscribe(authToken: string, momento: string, topic: string): Promise<string> {
    const answer = await topicClient(authToken, momento).subscribe(CACHE, topic, {
      onItem: (item) => hear({ value: item.value(), tokenId: item.tokenId() }),
      onError: (error) => hear({ value: error.errorCode(), tokenId: undefined }),
    });
    return answer.type === TopicSubscribeResponse.Error ? answer.errorCode() : answer.type;
  },

  /** What is heard first. */
  first: (): Promise<Heard> => first,

  /** What came of publishing with the SDK: `Success`, or its error code. */
  async publish(authToken: string, momento: string, topic: string, value: string): Promise<string> {
    const answer = await topicClient(authToken, momento).publish(CACHE, topic, value);
    return answer.type === TopicPublishResponse.Error ? answer.errorCode() : answer.type;
  },
};

export type DropIn = typeof actions;
offer(actions);
