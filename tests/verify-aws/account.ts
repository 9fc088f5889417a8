/** Whose account it is, found out before anything is built. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Failure } from 'local';

export interface Account {
  readonly id: string;
  readonly region: string;
}

const SIGN_IN =
  'Sign in ("aws sso login", "aws configure") or set AWS_PROFILE or the AWS_* variables, and AWS_REGION; ' +
  '"make doctor" then says what else is missing. Nothing was built.';

/** @throws {Failure} where no credentials or no region are set, or AWS does not accept them */
export async function theAccount(): Promise<Account> {
  const client = new STSClient({ maxAttempts: 2 });
  const region = await client.config.region().catch(() => '');
  if (region === '') throw new Failure(`There is no AWS region. ${SIGN_IN}`);
  try {
    const { Account: id = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { id, region };
  } catch (error) {
    const { name, message } = error as Error;
    throw new Failure(`AWS does not accept any credentials of yours (${name}: ${message}). ${SIGN_IN}`);
  }
}
