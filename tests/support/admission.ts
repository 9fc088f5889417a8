/** Callers whom a stack lets in, whatever its mode and however it came by it: their directory is looked up in the stack. */
import { randomUUID } from 'node:crypto';
import type { StackResource } from '@aws-sdk/client-cloudformation';
import { AdminListGroupsForUserCommand, ResourceNotFoundException } from '@aws-sdk/client-cognito-identity-provider';
import { type AuthMode, credentialHeaders, putSecret } from 'local';
import { newPassword } from './authorizer-users.ts';
import type { Credentials } from './callers.ts';
import { resourcesOf } from './held-update.ts';
import { aws } from './machines.ts';
import { secretValue } from './secrets.ts';
import { addUser, administrator, signIn } from './user-pool.ts';

/** Somebody who may ask, and where they are on record. */
export interface Admitted {
  /** What they send. */
  readonly credentials: Credentials;
  /**
   * The secret or the user pool that they are in, with what it takes to look whether it is still as it was.
   * @default nobody is on record in Open mode
   */
  readonly directory?: Directory;
}

/** A secret or a user pool. */
export interface Directory {
  readonly id: string;
  /** What is on record there of a user, `undefined` once there is nothing. */
  readonly record: () => Promise<string | undefined>;
}

const GROUPS = ['ReadWriteUserGroup'];

/** Puts a new user where `stack` looks for the users of `mode`; others may no longer be there. */
export async function admit(stack: string, mode: AuthMode): Promise<Admitted> {
  if (mode === 'Open') return { credentials: {} };
  const resources = await resourcesOf(stack);
  const idOf = (type: string, part = ''): string => physicalId(resources, type, part);
  const username = `somebody-${randomUUID()}`;
  if (mode === 'LambdaAuthorizer') {
    const id = idOf('AWS::SecretsManager::Secret', 'Credentials');
    const user = { username, password: newPassword(username), groups: GROUPS };
    await putSecret(aws(), id, JSON.stringify({ users: [user] }));
    return { credentials: credentialHeaders('headers', user), directory: { id, record: () => secretValue(id) } };
  }
  const pool = idOf('AWS::Cognito::UserPool');
  const user = await addUser(pool, username, GROUPS);
  const token = await signIn({ pool, client: idOf('AWS::Cognito::UserPoolClient') }, user);
  return {
    credentials: { Authorization: `Bearer ${token}` },
    directory: { id: pool, record: () => recordOf(pool, username) },
  };
}

function physicalId(resources: readonly StackResource[], type: string, part: string): string {
  const found = resources.filter(
    ({ ResourceType, LogicalResourceId = '' }) => ResourceType === type && LogicalResourceId.includes(part),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources are ${type} ${part}, not 1`);
  return found[0]?.PhysicalResourceId ?? '';
}

async function recordOf(pool: string, username: string): Promise<string | undefined> {
  return administrator()
    .send(new AdminListGroupsForUserCommand({ UserPoolId: pool, Username: username }))
    .then(({ Groups = [] }) => `in ${Groups.map(({ GroupName }) => GroupName).join(', ')}`)
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return undefined;
    });
}
