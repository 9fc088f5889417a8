/** From a token to where it is good, and to what the SDK's clients take. */
import { CredentialProvider } from '@gomomento/sdk-web';
import type { Token } from './token-source.ts';

/** Where Momento is. */
export interface MomentoOptions {
  /**
   * The URL of a local Momento.
   * @default the Momento that the token names
   */
  readonly momento?: string;
}

/** What the SDK's clients take. */
export function credentialProvider(token: Token, { momento }: MomentoOptions): CredentialProvider {
  const { authToken } = token;
  if (momento === undefined) return CredentialProvider.fromDisposableToken({ authToken });
  const everywhere = { cacheEndpoint: momento, controlEndpoint: momento, tokenEndpoint: momento };
  return CredentialProvider.fromDisposableToken({ authToken, endpointOverrides: everywhere });
}

/** Where the SDK for browsers would call, and by what it would sign in. */
export function streamEndpoint(token: Token, options: MomentoOptions): { url: string; authorization: string } {
  const provider = credentialProvider(token, options);
  const host = provider.getCacheEndpoint();
  return {
    url: options.momento === undefined ? `https://web.${host}` : host,
    authorization: provider.getAuthToken(),
  };
}
