/** Users, clients and pools of Amazon Cognito, and the ID tokens that they sign in for. */
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientConfig, type DemoUser } from 'local';
import { newPassword } from './authorizer-users.ts';
import type { Directory } from './existing-pool.ts';
import { emulatorUrl, machine } from './machines.ts';
import { plantJwt } from './planted.ts';

/** The directory of the deployed stack. */
export function deployedDirectory(): Directory {
  const { UserPoolId: pool, UserPoolClientId: client } = machine('AmazonCognito').outputs;
  if (pool === undefined || client === undefined) throw new Error('the stack has no user pool');
  return { pool, client };
}

/** Where the public keys of its pool are. */
export function keysUrlOf({ pool }: Directory): string {
  return `${emulatorUrl()}/${pool}/.well-known/jwks.json`;
}

/** A directory that nothing here trusts. */
export async function foreignDirectory(): Promise<Directory> {
  const { UserPool } = await administrator().send(new CreateUserPoolCommand({ PoolName: 'foreign' }));
  return clientOf(UserPool?.Id ?? '', 1);
}

/**
 * A client of the deployed pool whose tokens have expired when they are made: AWS would not let anybody configure it, the
 * emulator does, and so the pool itself signs an expired token.
 */
export function clientOfExpiredTokens(): Promise<Directory> {
  return clientOf(deployedDirectory().pool, -1);
}

async function clientOf(pool: string, idTokenMinutes: number): Promise<Directory> {
  const { UserPoolClient } = await administrator().send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: 'tests',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      IdTokenValidity: idTokenMinutes,
      TokenValidityUnits: { IdToken: 'minutes' },
    }),
  );
  return { pool, client: UserPoolClient?.ClientId ?? '' };
}

/** A new user in `groups`, who may sign in at once. */
export async function addUser(pool: string, username: string, groups: readonly string[] = []): Promise<DemoUser> {
  const user = { username, password: newPassword(username), groups };
  const who = { UserPoolId: pool, Username: username };
  const client = administrator();
  await client.send(new AdminCreateUserCommand({ ...who, MessageAction: 'SUPPRESS' }));
  await client.send(new AdminSetUserPasswordCommand({ ...who, Password: user.password, Permanent: true }));
  for (const GroupName of groups) await client.send(new AdminAddUserToGroupCommand({ ...who, GroupName }));
  return user;
}

/** A new group, which no configuration knows. @returns its name */
export async function addGroup(pool: string, name: string): Promise<string> {
  await administrator().send(new CreateGroupCommand({ UserPoolId: pool, GroupName: name }));
  return name;
}

/** Signs in as a browser does: with a name, a password and the client's id, and without credentials for AWS. */
export async function signIn(directory: Directory, user: DemoUser): Promise<string> {
  const { IdToken } = await signedIn(directory, user);
  return plantJwt(`an ID token of ${user.username}`, IdToken ?? '');
}

/** As {@link signIn}, for the other of the two tokens. */
export async function signInForAccess(directory: Directory, user: DemoUser): Promise<string> {
  const { AccessToken } = await signedIn(directory, user);
  return plantJwt(`an access token of ${user.username}`, AccessToken ?? '');
}

async function signedIn({ client }: Directory, user: DemoUser): Promise<AuthenticationResultType> {
  const browser = new CognitoIdentityProviderClient({ endpoint: emulatorUrl(), region: 'us-east-1' });
  const { AuthenticationResult } = await browser.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: client,
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  );
  if (AuthenticationResult === undefined) throw new Error(`${user.username} was not signed in`);
  return AuthenticationResult;
}

/** Whoever may do everything in every pool. */
export function administrator(): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient(clientConfig(emulatorUrl()));
}
