/** Questions to Secrets Manager: how it tries a rotation function when a rotation is configured, and not begun. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecretCommand, RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { putSecret, required } from 'local';
import { secretValue } from '../support/secrets.ts';
import { keyIn } from './options.ts';
import type { Answer, Place, Question } from './place.ts';
import { ownName } from './plan.ts';

const NAME = 'rotation';
const ROTATED = '[momento]\nrotate_every = "30d"\n';
/** For the call, and for its log lines to arrive. */
const SETTLED_MS = 60_000;
const DAYS = 30;

let deployed: Promise<string> | undefined;

/** @returns the ARN of the secret, into which nothing was put yet */
function rotatedSecret({ deployments }: Place): Promise<string> {
  deployed ??= deployments.deploy(NAME, 'Open', ROTATED).then(({ outputs }) => required(outputs, 'ApiKeySecretArn'));
  return deployed;
}

async function withoutValue(place: Place): Promise<Answer> {
  try {
    await rotatedSecret(place);
  } catch (error) {
    return { said: `the deployment failed: ${(error as Error).message}`, asRelied: false };
  }
  await sleep(SETTLED_MS);
  return { said: `deployed; the function logged: ${await lastLines(place)}`, asRelied: true };
}

async function withCopy(place: Place): Promise<Answer> {
  const secret = await rotatedSecret(place);
  const key = keyIn(place.plan.momento.apiKeyFile);
  await putSecret({}, secret, key);
  const before = await stagesOf(secret);
  await new SecretsManagerClient({}).send(
    new RotateSecretCommand({
      SecretId: secret,
      RotateImmediately: false,
      RotationRules: { AutomaticallyAfterDays: DAYS },
    }),
  );
  await sleep(SETTLED_MS);
  const after = await stagesOf(secret);
  const unchanged = (await secretValue(secret)) === key;
  return {
    said: `versions before: ${before}; after: ${after}; the function logged: ${await lastLines(place)}`,
    asRelied: unchanged && before === after,
  };
}

/** The staging labels of each version, in an order of their own. */
async function stagesOf(SecretId: string): Promise<string> {
  const { VersionIdsToStages = {} } = await new SecretsManagerClient({}).send(new DescribeSecretCommand({ SecretId }));
  return Object.values(VersionIdsToStages)
    .map((stages) => [...stages].sort().join('+'))
    .sort()
    .join(', ');
}

const LINES = 5;

async function lastLines({ plan }: Place): Promise<string> {
  const { StackResources = [] } = await new CloudFormationClient({}).send(
    new DescribeStackResourcesCommand({ StackName: ownName(plan, NAME) }),
  );
  const logGroupName = StackResources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Logs::LogGroup' && /rotation/i.test(LogicalResourceId),
  )?.PhysicalResourceId;
  const { events = [] } = await new CloudWatchLogsClient({}).send(new FilterLogEventsCommand({ logGroupName }));
  const ours = events.map(({ message = '' }) => message.trim()).filter((line) => !line.includes('"platform.'));
  return ours.slice(-LINES).join(' ') || 'nothing';
}

const EMULATOR = 'has no rotation on a schedule';

export const rotationQuestions: readonly Question[] = [
  {
    name: 'Secrets Manager: the test call of a rotation, on a secret without a value',
    relied: 'the function says that there is nothing to renew yet, and the deployment goes through',
    emulator: EMULATOR,
    ask: withoutValue,
  },
  {
    name: 'Secrets Manager: the test call of a rotation, on a copy of the current value',
    relied: 'the value and the labels stay as they are',
    emulator: EMULATOR,
    ask: withCopy,
  },
];
