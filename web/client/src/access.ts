/** How a caller says who they are, one function for each way. */
import { TokenError } from './errors.ts';

/** What one request for a token carries. */
export interface AccessRequest {
  /** Headers to send. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes into the query. */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * Tabs of this origin whose access has the same text here share a token. Never a secret, and nothing that two people
   * could both have.
   *
   * @default no other tab gets this one's token
   */
  readonly share?: string;
}

/**
 * Who asks, made anew for each request. It rejects with a {@link TokenError} of kind `refused` when the user has to sign
 * in again; whatever else it rejects with counts as trouble that passes.
 */
export type Access = (signal: AbortSignal) => Promise<AccessRequest>;

/** Mode `Open`: nobody in particular. `name` becomes the token's id: nothing vouches for it. */
export function open(options: { readonly name?: string } = {}): Access {
  const query = options.name === undefined ? {} : { name: options.name };
  return async () => ({ query, share: `open ${JSON.stringify(query)}` });
}

/**
 * Mode `LambdaAuthorizer`: the headers `username` and `password`. Headers hold Latin-1 alone, and no line breaks: with anything
 * else nobody can have signed in, and it is refused here. {@link basic} holds all.
 */
export function credentials(username: string, password: string): Access {
  return async () => {
    if (!isHeaderText(username) || !isHeaderText(password)) {
      throw new TokenError('refused', 'The username or the password has a character that a header cannot carry.');
    }
    return { headers: { username, password } };
  };
}

/** What `fetch` takes as a header's value. */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Mode `LambdaAuthorizer` with `credentials = "basic"`: `Authorization: Basic`, in UTF-8. */
export function basic(username: string, password: string): Access {
  return async () => ({ headers: { Authorization: `Basic ${base64(`${username}:${password}`)}` } });
}

/**
 * Mode `AmazonCognito`, or tokens of your own issuer: `Authorization: Bearer`, with what `idToken` returns. It is called
 * for each request, so let it return a current one (Amplify's `fetchAuthSession` does). Empty: nobody is signed in.
 */
export function bearer(idToken: () => Promise<string | undefined>): Access {
  return async () => {
    const token = await idToken();
    if (!token) throw new TokenError('refused', 'Nobody is signed in: sign in, then resume().');
    const share = await digest(token);
    return { headers: { Authorization: `Bearer ${token}` }, ...(share === undefined ? {} : { share }) };
  };
}

/**
 * The same caller, with the key that the endpoint's usage plan asks for (`[api.usage_plan]`), as `x-api-key`. It says which app
 * asks and not who: in a page, whoever opens it can read the key.
 */
export function withKey(key: string, access: Access): Access {
  return async (signal) => {
    const request = await access(signal);
    return { ...request, headers: { ...request.headers, 'x-api-key': key } };
  };
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

/** Tabs that hold the very same ID token belong together, and its digest gives nothing away. */
async function digest(token: string): Promise<string | undefined> {
  // Pages without TLS have no `crypto.subtle`, and no locks either: they share nothing.
  const hash = await globalThis.crypto?.subtle?.digest('SHA-256', new TextEncoder().encode(token));
  return hash && `bearer ${Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
