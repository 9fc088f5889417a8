/**
 * The demo users: one for each configured group, put where the mode looks for them.
 *
 * Their passwords are random, and stay the same for as long as the emulator runs, or the deployment that a test makes.
 */
import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ResourceNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { TvmConfig } from '@token-vending-machine/cdk/canonical-config';
import { type AwsConfig, clientConfig } from './emulator.ts';
import { Failure } from './failure.ts';
import type { DemoUser } from './outputs.ts';
import { putSecret, secretText } from './secrets.ts';

const NO_GROUP_USER = 'demo';

/** Whether callers bring tokens of an issuer: then its users are there, not here. */
export function provesByToken({ auth, authorizer }: Pick<TvmConfig, 'auth' | 'authorizer'>): boolean {
  return auth === 'LambdaAuthorizer' && authorizer.kind === 'jwt';
}

/** One user for each of `groups`, or one in no group; passwords as in `known` where the same user is there. */
export function demoUsers(groups: readonly string[], known: readonly DemoUser[] = []): DemoUser[] {
  const passwords = new Map(known.map((user) => [user.username, user.password]));
  const user = (username: string, memberOf: readonly string[]): DemoUser => ({
    username,
    password: passwords.get(username) ?? newPassword(),
    groups: memberOf,
  });
  if (groups.length === 0) return [user(NO_GROUP_USER, [])];
  const taken = new Set<string>();
  return groups.map((group) => user(freeName(usernameFor(group), taken), [group]));
}

/** `ReadOnlyUserGroup` -> `readonly`: short, and good in a header, a shell and a token id. */
export function usernameFor(group: string): string {
  const short = group.replace(/(user)?group$/i, '').replace(/users?$/i, '');
  return (
    (short || group)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || NO_GROUP_USER
  );
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}

/** 120 random bits, and one of each kind that a Cognito password policy can ask for; nothing that a shell would touch. */
function newPassword(): string {
  return `${randomBytes(15).toString('base64url')}-aA1`;
}

/**
 * Whether the emulator has the existing pool that a configuration names.
 *
 * @throws {Failure} when it has not
 */
export async function requireUserPool(url: string, idOrArn: string): Promise<void> {
  const client = new CognitoIdentityProviderClient(clientConfig(url));
  const UserPoolId = idOrArn.slice(idOrArn.lastIndexOf('/') + 1);
  await client.send(new DescribeUserPoolCommand({ UserPoolId })).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Failure(
      `The configuration names the user pool ${UserPoolId}, which is on AWS and not on this computer. ` +
        'Leave cognito.user_pool and cognito.clients out to try it here with a pool of its own.',
    );
  });
}

/** Puts `users` into the pool, with these passwords and groups; those that are there already too. */
export async function provideCognitoUsers(aws: AwsConfig, pool: string, users: readonly DemoUser[]): Promise<void> {
  const client = new CognitoIdentityProviderClient(aws);
  for (const { username, password, groups } of users) {
    const who = { UserPoolId: pool, Username: username };
    await client.send(new AdminCreateUserCommand({ ...who, MessageAction: 'SUPPRESS' })).catch(unlessItExists);
    await client.send(new AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }));
    for (const group of groups) {
      await client.send(new AdminAddUserToGroupCommand({ ...who, GroupName: group }));
    }
  }
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof UsernameExistsException)) throw error;
}

/**
 * Puts `users` into the secret that the authorizer reads, in place of the demo users `known` from before and of the one that a new
 * secret is made with. Users who were put there by `tvm user` stay.
 */
export async function provideAuthorizerUsers(
  aws: AwsConfig,
  secret: string,
  users: readonly DemoUser[],
  known: readonly DemoUser[] = [],
): Promise<void> {
  const others = usersBeside([...users, ...known], await secretText(aws, secret));
  await putSecret(aws, secret, JSON.stringify({ users: [...users, ...others] }));
}

/**
 * The users whom the value of a secret lists, as it has them, without those who have the name of one of `demo`.
 *
 * @throws Failure where the value lists none; it quotes nothing of the value, as the message of `JSON.parse` would
 */
export function usersBeside(demo: readonly DemoUser[], value = '{}'): readonly { readonly username: string }[] {
  return listed(value).filter(({ username }) => !demo.some((user) => user.username === username));
}

function listed(value: string): readonly { readonly username: string }[] {
  try {
    const document: unknown = JSON.parse(value);
    const { users = [] } = typeof document === 'object' ? (document as { users?: unknown }) : { users: document };
    if (Array.isArray(users)) return users;
  } catch {
    // The reason would quote the secret.
  }
  throw new Failure(
    'The secret of the authorizer holds no list of users: its value has to be {"users": [...]}. Write one ' +
      '(aws secretsmanager put-secret-value), or delete the stack, and deploy again.',
  );
}
