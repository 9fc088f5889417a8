/** A client of the SDK for each token, and the one retry when a token turns out to be refused. */
import type { MomentoErrorCode } from '@gomomento/sdk-web';
import { MomentoError, type MomentoErrorKind } from './errors.ts';
import type { Token, TokenSource } from './token-source.ts';

/** What the SDK answers when it did not work. */
export interface SdkFailure {
  errorCode(): MomentoErrorCode;
  message(): string;
  innerException(): unknown;
}

/** Runs an operation with a client whose token is good; an answer that is a failure is thrown. */
export type SdkClient<C> = <A>(operation: (client: C) => Promise<A>) => Promise<Exclude<A, SdkFailure>>;

/** Makes clients by `make`, one for each token. */
export function clientFor<C>(tokens: Pick<TokenSource, 'get' | 'discard'>, make: (token: Token) => C): SdkClient<C> {
  let present: { readonly authToken: string; readonly client: C } | undefined;
  return async <A>(operation: (client: C) => Promise<A>) => {
    for (let attempt = 1; ; attempt += 1) {
      const token = await tokens.get();
      // Operations under way keep the client that they began with.
      if (present?.authToken !== token.authToken) present = { authToken: token.authToken, client: make(token) };
      const answer: A = await operation(present.client);
      if (!isFailure(answer)) return answer as Exclude<A, SdkFailure>;
      const kind = kindOf(answer.errorCode());
      // Who was not let in has changed nothing: to do it again is not to do it twice.
      if (kind === 'unauthenticated') tokens.discard(token);
      if (kind !== 'unauthenticated' || attempt === 2) {
        throw new MomentoError(kind, answer.message(), answer.innerException());
      }
    }
  };
}

function isFailure(answer: unknown): answer is SdkFailure {
  return typeof answer === 'object' && answer !== null && 'errorCode' in answer && 'innerException' in answer;
}

/** By the texts of `MomentoErrorCode`: the enum itself would draw in all of the SDK. */
function kindOf(code: `${MomentoErrorCode}`): MomentoErrorKind {
  switch (code) {
    case 'AUTHENTICATION_ERROR':
      return 'unauthenticated';
    case 'PERMISSION_ERROR':
      return 'forbidden';
    case 'NOT_FOUND_ERROR':
    case 'STORE_NOT_FOUND_ERROR':
      return 'not-found';
    case 'INVALID_ARGUMENT_ERROR':
    case 'BAD_REQUEST_ERROR':
      return 'invalid';
    default:
      return 'unavailable';
  }
}
