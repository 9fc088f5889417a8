/** A user pool that was there before any stack, as in an account with an app of its own. */
import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { clientConfig } from 'local';

/** A pool and the client of it that somebody signs in with. */
export interface Directory {
  readonly pool: string;
  readonly client: string;
  /**
   * How its users prove their password.
   * @default by SRP, as a browser does
   */
  readonly flow?: 'USER_PASSWORD_AUTH';
}

/** The pool of an app, with the app's client, and another app's. */
export interface ExistingPool extends Directory {
  /** The client of another app, whose tokens are not for the machine. */
  readonly otherClient: string;
}

/** Makes one at the emulator, with these groups. */
export async function makeExistingPool(url: string, groups: readonly string[]): Promise<ExistingPool> {
  const administrator = new CognitoIdentityProviderClient(clientConfig(url));
  const { UserPool } = await administrator.send(new CreateUserPoolCommand({ PoolName: 'existing' }));
  const pool = UserPool?.Id ?? '';
  for (const GroupName of groups) {
    await administrator.send(new CreateGroupCommand({ UserPoolId: pool, GroupName }));
  }
  const clientNamed = async (ClientName: string): Promise<string> => {
    const flows = { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH' as const] };
    const { UserPoolClient } = await administrator.send(
      new CreateUserPoolClientCommand({ UserPoolId: pool, ClientName, ...flows }),
    );
    return UserPoolClient?.ClientId ?? '';
  };
  return { pool, client: await clientNamed('the app'), otherClient: await clientNamed('another app') };
}
