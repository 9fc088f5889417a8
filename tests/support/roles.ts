/** What IAM lets the functions of a deployed stack do: calls with the credentials of their roles. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { clientConfig } from 'local';
import { resourcesOf } from './held-update.ts';
import type { FunctionRole } from './logs.ts';
import { emulatorUrl } from './machines.ts';

/** The role of a function, its log group, and the secret that it is for. */
export interface Role {
  readonly arn: string;
  readonly logGroup: string;
  readonly secret: string;
}

type Clients = ReturnType<typeof clientsOf>;

/** A call, and what it is named in a message. */
export type Call = readonly [what: string, make: (as: Clients) => Promise<unknown>];

/** What the logical ids of the stack begin with: the construct's own id. */
const MACHINE = 'TokenVendingMachine';

const SECRETS: Readonly<Record<FunctionRole, string>> = {
  Vending: 'ApiKeySecret',
  Authorizer: 'AuthorizerCredentials',
};

/** The role of that function of `stack`. */
export async function roleOf(stack: string, role: FunctionRole): Promise<Role> {
  const resources = await resourcesOf(stack);
  const idOf = (type: string, part: string): string => {
    const found = resources.filter(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === type && LogicalResourceId.startsWith(MACHINE + part),
    );
    if (found.length !== 1) throw new Error(`${found.length} resources of ${stack} are ${type} ${part}, not 1`);
    return found[0]?.PhysicalResourceId ?? '';
  };
  const logGroup = idOf('AWS::Logs::LogGroup', role);
  return {
    arn: `arn:aws:iam::000000000000:role/${idOf('AWS::IAM::Role', role)}`,
    logGroup,
    secret: idOf('AWS::SecretsManager::Secret', SECRETS[role]),
  };
}

function clientsOf(config: ReturnType<typeof clientConfig>) {
  return {
    secrets: new SecretsManagerClient(config),
    logs: new CloudWatchLogsClient(config),
    stacks: new CloudFormationClient(config),
    users: new CognitoIdentityProviderClient(config),
    roles: new STSClient(config),
  };
}

/** Clients with the credentials that Lambda gives a function of that role. The emulator lets the account itself take any. */
export async function as(role: Role): Promise<Clients> {
  const config = clientConfig(emulatorUrl());
  const { Credentials } = await new STSClient(config).send(
    new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'as-the-function' }),
  );
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return clientsOf({
    ...config,
    credentials: { accessKeyId, secretAccessKey, sessionToken: SessionToken },
  } as typeof config);
}

/** What a function does, and so must be able to. */
export function itsOwn({ secret: SecretId }: Role): Call {
  return ['reads the secret', ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId }))];
}

/** What nobody needs who vends tokens or checks credentials: with its own secret and logs, another's, and anything else. */
export function nobodys(own: Role, other: Role): readonly Call[] {
  const { secret: SecretId, logGroup: logGroupName } = own;
  const [what, make] = itsOwn(other);
  const current = { VersionStage: 'AWSCURRENT' };
  return [
    [`${what} of the other one`, make],
    ['describes its secret', ({ secrets }) => secrets.send(new DescribeSecretCommand({ SecretId }))],
    ['lists its versions', ({ secrets }) => secrets.send(new ListSecretVersionIdsCommand({ SecretId }))],
    ['lists secrets', ({ secrets }) => secrets.send(new ListSecretsCommand({}))],
    ['changes its secret', ({ secrets }) => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'x' }))],
    ['moves its stage', ({ secrets }) => secrets.send(new UpdateSecretVersionStageCommand({ SecretId, ...current }))],
    ['deletes its secret', ({ secrets }) => secrets.send(new DeleteSecretCommand({ SecretId }))],
    ['makes a secret', ({ secrets }) => secrets.send(new CreateSecretCommand({ Name: 'new', SecretString: 'x' }))],
    ['reads its logs', ({ logs }) => logs.send(new FilterLogEventsCommand({ logGroupName }))],
    ['lists log groups', ({ logs }) => logs.send(new DescribeLogGroupsCommand({}))],
    ['looks at stacks', ({ stacks }) => stacks.send(new DescribeStacksCommand({}))],
    ['lists user pools', ({ users }) => users.send(new ListUserPoolsCommand({ MaxResults: 1 }))],
    [
      'takes the other role',
      ({ roles }) => roles.send(new AssumeRoleCommand({ RoleArn: other.arn, RoleSessionName: 'as-the-other' })),
    ],
  ];
}
