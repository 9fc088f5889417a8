/**
 * `chat.json`, beside the page: which machine the chat talks to. Whoever serves the page writes it; the page is the same
 * everywhere. Types alone: `read-settings.ts` reads the file.
 */

/** What `chat.json` holds. Nothing in it is a secret where the page is served to others. */
export interface Settings {
  /**
   * The machine that vends the tokens.
   * @default the page asks for one: its mode and its address
   */
  readonly machine?: Machine;
  /**
   * The cache of the topics, where a token may use any.
   * @default `default-cache`
   */
  readonly cache?: string;
  /**
   * URL of a Momento instead of the one that the token names: the local one.
   * @default the one that the token names
   */
  readonly momento?: string;
  /**
   * Somebody to sign in as with a click. Local only: their passwords are in the page.
   * @default nobody
   */
  readonly demoUsers?: readonly DemoUser[];
}

/** Somebody to try the chat as. */
export interface DemoUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

/** A token vending machine, and how one proves to it who one is. */
export type Machine = OpenMachine | CredentialsMachine | CognitoMachine | BearerMachine | SessionMachine;

/** What every machine has. */
export interface Endpoint {
  /** URL of the endpoint; relative to the page, where its own server vends. */
  readonly endpoint: string;
}

/** `auth = "Open"`: nobody proves anything. */
export interface OpenMachine extends Endpoint {
  readonly mode: 'Open';
}

/** `auth = "LambdaAuthorizer"`: a username and a password with each request. */
export interface CredentialsMachine extends Endpoint {
  readonly mode: 'LambdaAuthorizer';
  /** `authorizer.credentials`: where they are sent. */
  readonly credentials: 'headers' | 'basic';
}

/** `auth = "AmazonCognito"`: a sign-in to a user pool, and its token with each request. */
export interface CognitoMachine extends Endpoint {
  readonly mode: 'AmazonCognito';
  readonly userPoolId: string;
  readonly clientId: string;
  /** `cognito.token_use`: which of a user's two tokens is sent. */
  readonly tokenUse: 'id' | 'access';
  /** How the password is proved. */
  readonly flow: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH';
  /**
   * URL of a Cognito instead of the one of the pool's region: the emulator.
   * @default that of the region
   */
  readonly cognito?: string;
}

/** `auth = "LambdaAuthorizer"`, `kind = "jwt"`: a token of an issuer that the page knows nothing of, pasted in. */
export interface BearerMachine extends Endpoint {
  readonly mode: 'Bearer';
}

/**
 * A machine embedded in the page's own server, which knows its users by a cookie. `POST` of `{"username", "password"}` as
 * JSON to `session` begins a session (204, or 401), `DELETE` ends it (204).
 */
export interface SessionMachine extends Endpoint {
  readonly mode: 'Session';
  readonly session: string;
}
