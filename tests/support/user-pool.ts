/** Users, clients and pools of Amazon Cognito, and the ID tokens that they sign in for. */
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DemoUser } from 'local';
import { newPassword } from './authorizer-users.ts';
import type { Directory } from './existing-pool.ts';
import { aws, outputsOf, target } from './machines.ts';
import { plantJwt } from './planted.ts';
import { type PoolTokens, signInBySrp } from './srp.ts';

/** The directory of the deployed stack. */
export function deployedDirectory(): Directory {
  const { UserPoolId: pool, UserPoolClientId: client } = outputsOf('AmazonCognito');
  if (pool === undefined || client === undefined) throw new Error('the stack has no user pool');
  return { pool, client };
}

/** Where the public keys of its pool are. */
export function keysUrlOf({ pool }: Directory): string {
  const { cognitoUrl } = target();
  // The id of a pool begins with its region.
  return `${cognitoUrl() ?? `https://cognito-idp.${pool.split('_')[0]}.amazonaws.com`}/${pool}/.well-known/jwks.json`;
}

/** A directory that nothing here trusts. */
export async function foreignDirectory(): Promise<Directory> {
  const { UserPool } = await administrator().send(new CreateUserPoolCommand({ PoolName: target().ownName('foreign') }));
  // AWS allows no ID token of less than five minutes.
  return clientOf(UserPool?.Id ?? '', 5);
}

/**
 * A client of the deployed pool whose tokens have expired when they are made: AWS would not let anybody configure it, the
 * emulator does, and so the pool itself signs an expired token.
 */
export async function clientOfExpiredTokens(): Promise<Directory> {
  const directory = await clientOf(deployedDirectory().pool, -1);
  // The library of the other way refuses to go on with a token that has expired.
  return { ...directory, flow: 'USER_PASSWORD_AUTH' };
}

async function clientOf(pool: string, idTokenMinutes: number): Promise<Directory> {
  const { UserPoolClient } = await administrator().send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: 'tests',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
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
  const { id } = await signedIn(directory, user);
  return plantJwt(`an ID token of ${user.username}`, id);
}

/** As {@link signIn}, for the other of the two tokens. */
export async function signInForAccess(directory: Directory, user: DemoUser): Promise<string> {
  const { access } = await signedIn(directory, user);
  return plantJwt(`an access token of ${user.username}`, access);
}

async function signedIn(directory: Directory, user: DemoUser): Promise<PoolTokens> {
  if (directory.flow === undefined) return signInBySrp({ ...directory, endpoint: target().cognitoUrl() }, user);
  const { AuthenticationResult } = await administrator().send(
    new InitiateAuthCommand({
      AuthFlow: directory.flow,
      ClientId: directory.client,
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  );
  if (AuthenticationResult === undefined) throw new Error(`${user.username} was not signed in`);
  const { IdToken = '', AccessToken = '' } = AuthenticationResult;
  return { id: IdToken, access: AccessToken };
}

/** Whoever may do everything in every pool. */
export function administrator(): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient(aws());
}
