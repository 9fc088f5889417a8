/**
 * Deletes everything of a run, whatever became of it: found again by name and tag, never from the memory of who made it.
 *
 * It deletes stacks, and what of theirs outlived them: the secrets at once, without the days in which one could have them back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  DeleteStackCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  paginateListUserPools,
} from '@aws-sdk/client-cognito-identity-provider';
import { DeleteSecretCommand, DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Cloud, type Progress } from 'local';
import { isOwnName, type Plan, TAG } from './plan.ts';
import { deleteCaches } from './up.ts';

/** What is still there, and the command that deletes it. */
export interface Leftover {
  readonly what: string;
  readonly why: string;
  readonly command: string;
}

/** Found of a stack before it is deleted: afterwards nobody knows what was its. */
interface Belongings {
  readonly secrets: readonly string[];
  readonly logGroups: readonly string[];
}

const POLL_MS = 5_000;
const EMULATOR_POLL_MS = 200;
/** An update that is under way has to end first, and then what it made has to go. */
const TIMEOUT_MS = 30 * 60_000;

/** @returns what could not be deleted; never throws */
export async function tearDown(plan: Plan, progress: Progress): Promise<Leftover[]> {
  const left: Leftover[] = [];
  const attempt = async (what: string, command: string, act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error: Error) => left.push({ what, why: error.message, command }));
  };
  const again = `make verify-aws VERIFY='--remove ${plan.run}'`;
  await attempt('whatever it made', again, () =>
    progress.step(`Delete what the run ${plan.run} made`, async () => {
      const stacks = await ownStacks(plan);
      await Promise.all(stacks.map((stack) => stackAndBelongings(plan, stack, attempt)));
      for (const pool of await ownPools(plan)) {
        await attempt(`the user pool ${pool}`, aws(plan, `cognito-idp delete-user-pool --user-pool-id ${pool}`), () =>
          new CognitoIdentityProviderClient({}).send(new DeleteUserPoolCommand({ UserPoolId: pool })),
        );
      }
    }),
  );
  await attempt('its caches at Momento', again, () => deleteCaches(plan));
  return left;
}

type Attempt = (what: string, command: string, act: () => Promise<unknown>) => Promise<void>;

async function stackAndBelongings(plan: Plan, stack: Stack, attempt: Attempt): Promise<void> {
  const name = stack.StackName ?? '';
  const { secrets, logGroups } = await belongingsOf(name);
  await attempt(`the stack ${name}`, aws(plan, `cloudformation delete-stack --stack-name ${name}`), () =>
    deleteStack(plan, stack),
  );
  for (const secret of secrets) {
    const command = `secretsmanager delete-secret --force-delete-without-recovery --secret-id ${secret}`;
    await attempt(`the secret ${secret}`, aws(plan, command), () => deleteSecret(secret));
  }
  for (const group of logGroups) {
    await attempt(`the log group ${group}`, aws(plan, `logs delete-log-group --log-group-name ${group}`), () =>
      deleteLogGroup(group),
    );
  }
}

/** A line for a shell. */
function aws({ region }: Plan, command: string): string {
  return `aws ${command} --region ${region}`;
}

/** The stacks with the run's name and its tag; one that CloudFormation has not begun to make has no tag yet. */
export async function ownStacks(plan: Pick<Plan, 'run'>): Promise<Stack[]> {
  const found: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: new CloudFormationClient({}) }, {})) {
    found.push(...Stacks.filter((stack) => isOwn(plan, stack)));
  }
  return found;
}

function isOwn(plan: Pick<Plan, 'run'>, { StackName, StackStatus, Tags = [] }: Stack): boolean {
  const tagged = Tags.some(({ Key, Value }) => Key === TAG && Value === plan.run);
  return isOwnName(plan, StackName) && (tagged || StackStatus === 'REVIEW_IN_PROGRESS');
}

async function ownPools(plan: Plan): Promise<string[]> {
  const found: string[] = [];
  const client = new CognitoIdentityProviderClient({});
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    found.push(...UserPools.filter(({ Name }) => isOwnName(plan, Name)).flatMap(({ Id }) => Id ?? []));
  }
  return found;
}

async function belongingsOf(stackName: string): Promise<Belongings> {
  // Of a stack that has none yet, or is going, CloudFormation may not tell.
  const resources = await new Cloud(stackName).resources().catch(() => []);
  const ids = (wanted: string): string[] =>
    resources.filter(({ type }) => type === wanted).map(({ physicalId }) => physicalId);
  return { secrets: ids('AWS::SecretsManager::Secret'), logGroups: ids('AWS::Logs::LogGroup') };
}

async function deleteStack(plan: Plan, { StackName, StackId }: Stack): Promise<void> {
  const client = new CloudFormationClient({});
  const deadline = performance.now() + TIMEOUT_MS;
  let failures = 0;
  let asked = false;
  for (;;) {
    // Not by its id, by which one that is gone is told of for months.
    const now = await new Cloud(StackName ?? '').deployed();
    if (now === undefined) return;
    if (now.status === 'DELETE_FAILED' && asked) {
      failures += 1;
      asked = false;
      if (failures === 2) throw new Error(`CloudFormation could not delete it; its events (${StackId}) say why`);
    }
    // An update that is under way may not be interrupted; a creation may.
    if (!asked && !/^UPDATE.*_IN_PROGRESS$|^ROLLBACK_IN_PROGRESS$/.test(now.status)) {
      await client.send(new DeleteStackCommand({ StackName }));
      asked = true;
    }
    if (performance.now() > deadline) throw new Error(`it is ${now.status} after ${TIMEOUT_MS / 60_000} minutes`);
    await sleep(plan.emulatorUrl === undefined ? POLL_MS : EMULATOR_POLL_MS);
  }
}

async function deleteSecret(SecretId: string): Promise<void> {
  const client = new SecretsManagerClient({});
  try {
    await client.send(new DescribeSecretCommand({ SecretId }));
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return;
    throw error;
  }
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
}

async function deleteLogGroup(logGroupName: string): Promise<void> {
  const client = new CloudWatchLogsClient({});
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
  if (!logGroups.some((group) => group.logGroupName === logGroupName)) return;
  await client.send(new DeleteLogGroupCommand({ logGroupName }));
}
