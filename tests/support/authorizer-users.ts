/** Users of the Lambda authorizer beside the demo users: they are entries of the secret that the authorizer reads. */
import { randomBytes } from 'node:crypto';
import { type DemoUser, putSecret } from 'local';
import { aws, outputsOf, type StackName } from './machines.ts';
import { plant } from './planted.ts';

/** A password that nobody has used before; planted. */
export function newPassword(of: string): string {
  return plant(`the password of ${of}`, `${randomBytes(12).toString('base64url')}-aA1`);
}

/**
 * Puts `users` into the credentials secret of `stack`, beside its demo users. Before the first request: the function
 * remembers what it read.
 */
export async function addUsers(stack: StackName, users: readonly DemoUser[]): Promise<void> {
  const { CredentialsSecretArn: secret, DemoUsers: known = [] } = outputsOf(stack);
  if (secret === undefined) throw new Error(`${stack} has no credentials secret`);
  await putSecret(aws(), secret, JSON.stringify({ users: [...known, ...users] }));
}
